// Translates statuses and codes of the API into errors.
#include "adapters/yandex_market/error_map.hpp"

#include <array>

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::array kMeanings{
    StatusMeaning{405, Errc::vendor_method_gone, false},
    StatusMeaning{420, Errc::vendor_throttled, true},    // the Market's 429; the wait is a date
    StatusMeaning{423, Errc::vendor_unavailable, true},  // locked while the cabinet is being moved
    StatusMeaning{499, Errc::vendor_unavailable, true},  // the vendor's gateway gave up
};
constexpr VendorErrors kErrors{
    .vendor = "yandex_market", .meanings = kMeanings, .request_id_header = "X-Market-Req-Id"};

}  // namespace

const VendorErrors& errors() noexcept { return kErrors; }

}  // namespace stocktracker::inline v0::yandex_market
