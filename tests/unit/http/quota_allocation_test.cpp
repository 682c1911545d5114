// Counts what the program allocates: asking a limit must not.
#include <stocktracker/http/quota.hpp>

#include "tests/support/allocations.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

TEST_CASE("asking, charging, learning and settling allocate nothing") {
  st::QuotaTree tree(st::LimitTable::shipped());
  auto quota = tree.quota({"wildberries", "seller", "personal", "marketplace"}, "wildberries.seller_stock");
  st::Instant now = st::Instant::from_seconds(1'795'300'000);
  int granted = 0;
  const std::int64_t before = allocations;
  for (int i = 0; i < 10'000; ++i) {
    now = now + 100ms;
    granted += quota.take(now, 1, 10ms).granted ? 1 : 0;
    quota.answered(now, {.headers = {.remaining = 19}});
    quota.answered(now, {});
    if (i % 100 == 0) quota.answered(now, {.charge = 2});
  }
  const std::int64_t after = allocations;
  CHECK(after == before);
  CHECK(granted > 1'000);
}
