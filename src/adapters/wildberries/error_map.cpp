// Translates statuses and texts of the API into errors.
#include "adapters/wildberries/error_map.hpp"

#include <array>

namespace stocktracker::inline v0::wildberries {
namespace {

constexpr std::array kSuccesses{200, 204};
constexpr VendorErrors kErrors{.vendor = "wildberries", .successes = kSuccesses, .request_id_header = "X-Request-Id"};

}  // namespace

const VendorErrors& errors() noexcept { return kErrors; }

}  // namespace stocktracker::inline v0::wildberries
