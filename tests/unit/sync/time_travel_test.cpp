// Stock as of earlier times, filters, pages and movements.
#include <algorithm>

#include "tests/support/shop.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

TEST_CASE("stock as of any past synchronisation is what it was then") {
  Shop shop({.seed = 31, .offers = 50});
  std::vector<std::pair<st::Instant, std::string>> past;
  shop.world.run_for(3 * 24h, st::testing::every(6h), [&] {
    REQUIRE(shop.sync().state == st::RunState::ok);
    past.emplace_back(shop.world.clock()->now(), shop.picture());
  });
  for (const auto& [at, picture] : past) {
    CHECK(shop.picture({.as_of = at}) == picture);
    CHECK(shop.picture({.as_of = at + 1h}) == picture);
    CHECK(shop.picture({.known_at = at}) == picture);
  }
  CHECK(shop.picture({.as_of = past.front().first - 1us}).empty());
  CHECK(past.front().second != past.back().second);
}

TEST_CASE("filters and page sizes find the same rows") {
  Shop shop({.seed = 32, .offers = 50});
  shop.sync();
  const auto all = shop.positions();
  CHECK(shop.positions({.page_size = 7}).size() == all.size());
  std::size_t by_offer = 0;
  std::vector<std::string> seen;
  for (const auto& p : all) {
    if (std::find(seen.begin(), seen.end(), p.offer.key) != seen.end()) continue;
    seen.push_back(p.offer.key);
    st::PositionQuery query;
    query.offer = p.offer.key;
    by_offer += shop.positions(query).size();
  }
  CHECK(by_offer == all.size());
  CHECK(shop.positions({.kind = st::StockKind::fbo}).size() + shop.positions({.kind = st::StockKind::fbs}).size() ==
        all.size());
  st::PositionQuery nothing;
  nothing.offer = "0" + all[0].offer.key;
  CHECK(shop.positions(nothing).empty());
  CHECK(shop.engine.stock().positions({.page_size = 0}).collect().error().errc() == st::Errc::invalid_argument);
}

TEST_CASE("movements explain every number, in pages of any size") {
  Shop shop({.seed = 33, .offers = 50});
  shop.world.run_for(2 * 24h, st::testing::every(4h), [&] { shop.sync(); });
  std::int64_t sum = 0;
  const auto all = shop.engine.ledger().movements({.account = shop.account.id}).collect().value();
  for (const auto& m : all) {
    sum += m.delta();
    CHECK_FALSE(m.run.is_nil());
    CHECK(m.explain().find(m.warehouse.name) != std::string::npos);
  }
  CHECK(sum == shop.total());
  CHECK(shop.engine.ledger().movements({.page_size = 3}).collect().value().size() == all.size());
  std::size_t by_offer = 0;
  std::string last;
  for (const auto& m : all) {
    if (m.offer.key == last) continue;
    last = m.offer.key;
    st::MovementQuery query;
    query.offer = last;
    query.page_size = 2;
    by_offer += shop.engine.ledger().movements(query).collect().value().size();
  }
  CHECK(by_offer == all.size());
  const auto middle = shop.world.clock()->now() - 24h;
  CHECK(shop.engine.ledger().movements({.from = middle}).collect().value().size() +
            shop.engine.ledger().movements({.until = middle}).collect().value().size() ==
        all.size());
}

TEST_CASE("a movement explains itself in one line") {
  st::Movement m;
  m.warehouse.name = "Коледино";
  m.seq = 2;
  m.before = 44;
  m.after = 41;
  m.observed_at = st::Instant::from_micros(1'795'253'412'000'000);
  CHECK(m.explain() == "2026-11-21 09:30:12Z  Коледино  44 -> 41 (-3)  observed");
  m.kind = st::MovementKind::absent;
  m.after = 44;
  CHECK(m.explain() == "2026-11-21 09:30:12Z  Коледино  44 kept: the answer left it out  absent");
  m.seq = 1;
  m.before.reset();
  m.kind = st::MovementKind::observed;
  CHECK(m.explain() == "2026-11-21 09:30:12Z  Коледино  first seen with 44  observed");
}
