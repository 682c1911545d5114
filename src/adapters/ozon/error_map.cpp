// Translates Ozon's statuses and codes into errors.
#include "adapters/ozon/error_map.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

constexpr VendorErrors kErrors{.vendor = "ozon", .request_id_header = "X-O3-Trace-Id"};

}  // namespace

const VendorErrors& errors() noexcept { return kErrors; }

}  // namespace stocktracker::inline v0::ozon
