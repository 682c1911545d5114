/// Ozon's refusals, as data.
#pragma once

#include "marketplace/vendor_answers.hpp"

namespace stocktracker::inline v0::ozon {

[[nodiscard]] const VendorErrors& errors() noexcept;

}  // namespace stocktracker::inline v0::ozon
