// Processes that send under shared limits, and a marketplace that counts.
#include "tests/property/http/shared_limits.hpp"

#include <algorithm>
#include <map>
#include <queue>
#include <vector>

#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

struct Kind {
  st::Channel channel;
  std::string_view operation;
  std::string_view category;
  st::HttpMethod method;
  std::string path;
  std::string body;
  std::int64_t requests;  // of a period, as documented
  st::Duration period;
};

std::vector<Kind> kinds_of(const st::testing::World& world) {
  using st::Channel;
  const auto post = st::HttpMethod::post;
  const auto get = st::HttpMethod::get;
  const std::string business = "/v2/businesses/" + world.seller(Channel::yandex_market);
  return {
      {Channel::wildberries, "wildberries.wb_warehouses", "analytics", post,
       "/api/analytics/v1/stocks-report/wb-warehouses", "{}", 3, 1min},
      {Channel::wildberries, "wildberries.warehouses", "marketplace", get, "/api/v3/warehouses", "", 300, 1min},
      {Channel::wildberries, "wildberries.cards_list", "content", post, "/content/v2/get/cards/list",
       R"({"settings":{"cursor":{"limit":1}}})", 100, 1min},
      {Channel::wildberries, "wildberries.prices", "prices", get, "/api/v2/list/goods/filter?limit=1", "", 10, 6s},
      {Channel::ozon, "ozon.roles", "seller", post, "/v1/roles", "", 50, 1s},
      {Channel::yandex_market, "yandex_market.campaigns", "partner", get, "/v2/campaigns", "", 1'000, 1h},
      {Channel::yandex_market, "yandex_market.offer_mappings", "partner", post, business + "/offer-mappings", "{}", 100,
       1min},
      {Channel::yandex_market, "yandex_market.offer_prices", "partner", post, business + "/offer-prices", "{}", 20,
       1min},
  };
}

st::HttpRequest request_for(const st::testing::World& world, const Kind& kind) {
  st::HttpRequest request;
  request.method = kind.method;
  request.url = "https://market.example" + kind.path;
  request.body = kind.body;
  request.operation = kind.operation;
  st::Secret token = world.token(kind.channel);
  if (kind.channel == st::Channel::wildberries) {
    request.secret_headers.push_back({"Authorization", std::move(token)});
    request.quota = {"wildberries", world.seller(kind.channel), "personal", std::string(kind.category)};
  } else {
    request.secret_headers.push_back({"Api-Key", std::move(token)});
    if (kind.channel == st::Channel::ozon) {
      request.secret_headers.push_back({"Client-Id", st::Secret::copy_of(world.seller(kind.channel))});
      request.quota = {"ozon", world.seller(kind.channel), "", std::string(kind.category)};
    } else {
      request.quota = {"yandex_market", world.seller(kind.channel), "", std::string(kind.category)};
    }
  }
  return request;
}

struct Turn {
  st::Instant at;
  std::uint64_t order = 0;  // of those that are due at once: by the dice
  int process = 0;
  std::size_t kind = 0;
  bool operator<(const Turn& other) const { return at != other.at ? at > other.at : order > other.order; }
};

}  // namespace

void share_limits(st::FunctionRef<std::shared_ptr<st::QuotaMemory>()> memory, std::uint64_t seed, st::Duration span) {
  constexpr int kProcesses = 4;
  INFO("seed " << seed);
  st::testing::SeededRandom random(seed * 104'729);
  st::testing::World world({.seed = seed,
                            .offers = 3,
                            .orders_per_offer_day_x100 = 0,
                            .limits = true,
                            .channels = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market}});
  std::vector<std::unique_ptr<st::QuotaTree>> trees;
  for (int n = 0; n < kProcesses; ++n) {
    trees.push_back(std::make_unique<st::QuotaTree>(st::LimitTable::shipped(), memory()));
  }
  const auto kinds = kinds_of(world);
  std::vector<std::int64_t> sent(kinds.size(), 0);
  // The first seconds are left out: who comes first takes what has been saved up, until all wait.
  std::vector<std::vector<std::int64_t>> shared(kinds.size(), std::vector<std::int64_t>(kProcesses, 0));
  std::priority_queue<Turn> turns;
  const st::Instant start = world.clock()->now();
  for (int process = 0; process < kProcesses; ++process) {
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      turns.push(
          {start + st::Duration(static_cast<std::int64_t>(random.below(2'000'000))), random.next(), process, kind});
    }
  }
  while (!turns.empty() && turns.top().at < start + span) {
    const Turn turn = turns.top();
    turns.pop();
    world.clock()->advance_to(turn.at);
    const Kind& kind = kinds[turn.kind];
    const auto request = request_for(world, kind);
    st::Quota quota = trees[static_cast<std::size_t>(turn.process)]->quota(request.quota, kind.operation);
    const auto verdict = quota.take(turn.at, 1);
    st::Duration next = std::max<st::Duration>(verdict.wait, 1us);
    if (verdict.granted) {
      const auto answer = world.answer(request).response;
      REQUIRE(answer.status < 400);
      quota.answered(turn.at, {.headers = st::rate_headers(answer, turn.at)});
      ++sent[turn.kind];
      if (turn.at >= start + 10s) ++shared[turn.kind][static_cast<std::size_t>(turn.process)];
      // Some work between two calls, now and then a long one.
      next = st::Duration(static_cast<std::int64_t>(random.below(random.below(20) == 0 ? 400'000 : 3'000)) + 1);
    }
    turns.push({turn.at + next, random.next(), turn.process, turn.kind});
  }
  CHECK(world.rejections() == 0);
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    INFO(kinds[kind].operation);
    std::int64_t all = 0;
    std::int64_t least = INT64_MAX;
    for (const std::int64_t count : shared[kind]) {
      all += count;
      least = std::min(least, count);
    }
    const std::int64_t budget = kinds[kind].requests * (span / kinds[kind].period) +
                                kinds[kind].requests * (span % kinds[kind].period).count() / kinds[kind].period.count();
    CHECK(sent[kind] * 10 >= budget * 9);
    CHECK(least * kProcesses * 3 >= all);  // nobody has less than a third of an even share
  }
}
