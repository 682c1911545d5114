// What the API can do, as data. Its request limits are in data/limits.json.
#include <stocktracker/adapters/yandex_market.hpp>

namespace stocktracker::inline v0::yandex_market {
namespace {

using namespace std::chrono_literals;

constexpr Capabilities kCapabilities{
    .channel = Channel::yandex_market,
    .zone = "Europe/Moscow",
    .numeric_offer_keys = false,
    .offers_per_page = 100,
    .stock_rows_per_page = 100,
    .offers_per_fbs_request = 500,
    .fbo_absent = Absent::unknown,
    .fbs_absent = Absent::unknown,
    .fbo_refresh = {},
    .visibility_delay = 5min,
    .compare_and_set = false,
    .orders = true,
    .prices = true,
    .orders_kept = 24h * 360,
    .orders_by_period = false,
    .orders_complete = true,
    .order_changes_timed = true,
};

}  // namespace

const Capabilities& capabilities() noexcept { return kCapabilities; }

}  // namespace stocktracker::inline v0::yandex_market
