#include <array>

#include <stocktracker/adapters/wildberries.hpp>

namespace stocktracker::inline v0::wildberries {
namespace {

using namespace std::chrono_literals;

// Documentation of 2026-08-17, personal and service tokens.
constexpr std::array kLimits{
    RequestLimit{"common", 1min, 1, 1min, 10},
    RequestLimit{"content", 1min, 100, 600ms, 5},
    RequestLimit{"analytics", 1min, 3, 20s, 1},
    RequestLimit{"marketplace", 1min, 300, 200ms, 20},
};

// One 4xx of the marketplace category counts as ten requests.
constexpr std::array kPenalties{StatusPenalty{"marketplace", 400, 499, 10}};

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
    .limits = kLimits,
    .penalties = kPenalties,
};

}  // namespace

const Capabilities& capabilities() noexcept { return kCapabilities; }

}  // namespace stocktracker::inline v0::wildberries
