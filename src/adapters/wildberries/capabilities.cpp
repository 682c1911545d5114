// What the API can do, as data. Its request limits are in data/limits.json.
#include <stocktracker/adapters/wildberries.hpp>

namespace stocktracker::inline v0::wildberries {
namespace {

using namespace std::chrono_literals;

constexpr Capabilities kCapabilities{
    .channel = Channel::wildberries,
    .zone = "Europe/Moscow",
    .numeric_offer_keys = true,
    .offers_per_page = 100,
    .stock_rows_per_page = 250'000,
    .offers_per_fbs_request = 1'000,
    .fbo_absent = Absent::zero,
    .fbs_absent = Absent::unknown,
    .fbo_refresh = 30min,
    .visibility_delay = {},
    .compare_and_set = false,
    .orders = true,
    .prices = true,
    .orders_kept = 24h * 31,
    .orders_by_period = false,
    .orders_complete = false,
    .order_changes_timed = true,
};

}  // namespace

const Capabilities& capabilities() noexcept { return kCapabilities; }

}  // namespace stocktracker::inline v0::wildberries
