// What the Seller API can do, as data. Its request limits are in data/limits.json.
#include <stocktracker/adapters/ozon.hpp>

namespace stocktracker::inline v0::ozon {
namespace {

using namespace std::chrono_literals;

constexpr Capabilities kCapabilities{
    .channel = Channel::ozon,
    .zone = "Europe/Moscow",
    .numeric_offer_keys = false,
    .offers_per_page = 1'000,
    .stock_rows_per_page = 1'000,
    .offers_per_fbs_request = 1'000,
    .fbo_absent = Absent::zero,
    .fbs_absent = Absent::zero,
    .fbo_by_offers = true,
    .fbo_refresh = {},
    .visibility_delay = {},
    .compare_and_set = false,
    .orders = true,
    .prices = true,
    .orders_kept = 24h * 364,
    .orders_by_period = true,
    .orders_complete = true,
    .order_changes_timed = false,
};

}  // namespace

const Capabilities& capabilities() noexcept { return kCapabilities; }

}  // namespace stocktracker::inline v0::ozon
