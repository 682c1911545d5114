/// Yandex Market's refusals, as data.
#pragma once

#include "marketplace/vendor_answers.hpp"

namespace stocktracker::inline v0::yandex_market {

[[nodiscard]] const VendorErrors& errors() noexcept;

}  // namespace stocktracker::inline v0::yandex_market
