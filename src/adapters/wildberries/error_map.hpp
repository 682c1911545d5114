/// Wildberries' refusals, as data.
#pragma once

#include "marketplace/vendor_answers.hpp"

namespace stocktracker::inline v0::wildberries {

[[nodiscard]] const VendorErrors& errors() noexcept;

}  // namespace stocktracker::inline v0::wildberries
