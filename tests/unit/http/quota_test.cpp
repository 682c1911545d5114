// QuotaTree: bursts, intervals, places and buckets.
#include <stocktracker/http/quota.hpp>

#include <atomic>
#include <thread>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::Instant kStart = st::Instant::from_seconds(1'795'300'000);

st::QuotaTag tag(std::string_view category, std::string owner = "s", std::string_view tier = "personal") {
  return {"wildberries", std::move(owner), std::string(tier), std::string(category)};
}

st::LimitTable two_levels() {
  st::LimitTable table;
  table.limits.push_back({.vendor = "v", .category = "", .interval = 1s, .burst = 4});
  table.limits.push_back({.vendor = "v", .category = "a", .interval = 2s, .burst = 2});
  table.limits.push_back({.vendor = "v", .category = "a", .methods = {"a.slow"}, .interval = 10s, .burst = 1});
  return table;
}

}  // namespace

TEST_CASE("a burst goes at once, then one each interval") {
  st::QuotaTree tree(st::LimitTable::shipped());
  auto quota = tree.quota(tag("marketplace"), "wildberries.warehouses");
  for (int i = 0; i < 20; ++i) CHECK(quota.take(kStart, 1).granted);
  CHECK_FALSE(quota.take(kStart, 1).granted);
  CHECK(quota.take(kStart, 1).wait == 200ms);
  CHECK_FALSE(quota.take(kStart + 199ms, 1).granted);
  CHECK(quota.take(kStart + 200ms, 1).granted);
  CHECK_FALSE(quota.take(kStart + 200ms, 1).granted);
}

TEST_CASE("who may wait is given a place, the next one stands behind") {
  st::QuotaTree tree(st::LimitTable::shipped());
  auto quota = tree.quota(tag("analytics"), "wildberries.wb_warehouses");
  CHECK(quota.take(kStart, 1, 30s).wait == 0s);
  const auto second = quota.take(kStart, 1, 30s);
  CHECK(second.granted);
  CHECK(second.wait == 20s);
  const auto third = quota.take(kStart, 1, 30s);
  CHECK_FALSE(third.granted);
  CHECK(third.wait == 40s);
  quota.give_back(1);
  CHECK(quota.take(kStart, 1, 30s).wait == 20s);
}

TEST_CASE("sellers, kinds of token, categories and methods have buckets of their own") {
  st::QuotaTree tree(st::LimitTable::shipped());
  CHECK(tree.quota(tag("analytics"), "wildberries.wb_warehouses").take(kStart, 1).granted);
  CHECK_FALSE(tree.quota(tag("analytics"), "wildberries.wb_warehouses").take(kStart, 1).granted);
  CHECK(tree.quota(tag("analytics", "other"), "wildberries.wb_warehouses").take(kStart, 1).granted);
  CHECK(tree.quota(tag("analytics"), "wildberries.remains_status").take(kStart, 1).granted);
  CHECK(tree.quota(tag("common", "s", "base"), "wildberries.seller_info").take(kStart, 1).granted);
  CHECK(tree.quota(tag("common", "s", "base"), "wildberries.seller_info").take(kStart, 1).wait == 24h);
  CHECK(tree.quota(tag("common"), "wildberries.seller_info").take(kStart, 1).granted);
  // What no rule names is not limited.
  for (int i = 0; i < 1000; ++i) REQUIRE(tree.quota({"nobody", "s", "", "x"}, "y").take(kStart, 1).granted);
}

TEST_CASE("a request passes every level or spends none") {
  st::QuotaTree tree(two_levels());
  const st::QuotaTag a{"v", "s", "", "a"};
  auto slow = tree.quota(a, "a.slow");
  auto fast = tree.quota(a, "a.fast");
  auto other = tree.quota({"v", "s", "", "b"}, "b.any");
  CHECK(slow.take(kStart, 1).granted);
  CHECK(slow.take(kStart, 1).wait == 10s);  // refused by the method's bucket: the other two are untouched
  CHECK(fast.take(kStart, 1).granted);
  CHECK(fast.take(kStart, 1).wait == 2s);
  CHECK(other.take(kStart, 1).granted);
  CHECK(other.take(kStart, 1).granted);
  CHECK(other.take(kStart, 1).wait == 1s);
}

TEST_CASE("an answer that costs more is charged, and debt is waited off") {
  st::QuotaTree tree(st::LimitTable::shipped());
  auto quota = tree.quota(tag("marketplace"), "wildberries.seller_stock");
  CHECK(quota.take(kStart, 1).granted);
  quota.answered(kStart, {.charge = 9});
  CHECK(tree.status(kStart)[2].available == 10);
  quota.answered(kStart, {.charge = 30});
  CHECK(quota.take(kStart, 1).wait == 21 * 200ms);
}

TEST_CASE("headers correct what is thought: fewer left, a smaller burst, a wait, a slower refill") {
  st::QuotaTree tree(st::LimitTable::shipped());
  auto quota = tree.quota(tag("marketplace"), "wildberries.seller_stock");
  CHECK(quota.take(kStart, 1).granted);
  quota.answered(kStart, {.headers = {.remaining = 100}});  // more than we think: not believed
  CHECK(tree.status(kStart)[2].available == 19);
  quota.answered(kStart, {.headers = {.remaining = 2}});
  CHECK(tree.status(kStart)[2].available == 2);
  quota.answered(kStart, {.headers = {.limit = 5, .retry = 10s, .reset = 50s}, .throttled = true});
  const auto status = tree.status(kStart)[2];
  CHECK(status.learned);
  CHECK(status.burst == 5);
  CHECK(status.interval == 10s);
  CHECK(quota.wait(kStart) == 10s);
  CHECK(quota.take(kStart + 10s, 1).granted);
  CHECK_FALSE(quota.take(kStart + 10s, 1).granted);
  // After an hour in peace the table counts again.
  quota.answered(kStart + 2h, {});
  CHECK(tree.status(kStart + 2h)[2].interval == 200ms);
  CHECK(tree.status(kStart + 2h)[2].available == 20);
}

TEST_CASE("a wait of half an hour blocks, whatever the count says") {
  st::QuotaTree tree(st::LimitTable::shipped());
  auto quota = tree.quota(tag("content"), "wildberries.cards_list");
  quota.answered(kStart, {.headers = {.retry = 1800s}, .throttled = true});
  CHECK(quota.take(kStart, 1, 30s).wait == 1800s);
  CHECK_FALSE(quota.take(kStart + 1799s, 1).granted);
  CHECK(quota.take(kStart + 1800s, 1).granted);
}

TEST_CASE("a clock that is set back makes nobody wait for it") {
  st::QuotaTree tree(st::LimitTable::shipped());
  auto quota = tree.quota(tag("analytics"), "wildberries.wb_warehouses");
  CHECK(quota.take(kStart, 1).granted);
  CHECK(quota.take(kStart - 5h, 1).wait == 20s);
  CHECK(quota.take(kStart - 5h + 20s, 1).granted);
  // A few microseconds back are threads that overtook each other: nothing is won by it.
  CHECK_FALSE(quota.take(kStart - 5h + 20s - 5us, 1).granted);
}

TEST_CASE("a bucket of one begins its interval when the answer comes") {
  st::QuotaTree tree(st::LimitTable::shipped());
  auto quota = tree.quota(tag("analytics"), "wildberries.wb_warehouses");
  CHECK(quota.take(kStart, 1).granted);
  quota.answered(kStart + 8s, {});
  CHECK(quota.take(kStart + 8s, 1).wait == 20s);
}

TEST_CASE("eight threads get exactly what one would") {
  st::LimitTable table;
  table.limits.push_back({.vendor = "v", .category = "", .interval = 1ms, .burst = 1000});
  table.limits.push_back({.vendor = "v", .category = "a", .interval = 2ms, .burst = 700});
  st::QuotaTree tree(table);
  std::atomic<std::int64_t> now = 0;
  std::atomic<int> granted = 0;
  std::vector<std::thread> threads;
  constexpr std::int64_t kSpan = 400'000;  // virtual microseconds
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      auto quota = tree.quota({"v", "s", "", "a"}, "op");
      while (true) {
        const std::int64_t at = now.fetch_add(7);
        if (at >= kSpan) return;
        if (quota.take(kStart + st::Duration(at), 1).granted) ++granted;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  // 700 at once and one each 2 ms of the span: no more, and all of them are used.
  CHECK(granted == 700 + kSpan / 2'000 - (kSpan % 2'000 == 0 ? 1 : 0));
}
