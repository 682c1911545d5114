// Random small histories and a plain model of them: every reader must say what the model says, at every instant and
// beside it, under every filter, in pages of any size.
#include <algorithm>

#include "tests/support/seed.hpp"
#include "tests/unit/inventory/history.hpp"

namespace st = stocktracker;
using histories::History;

namespace {

std::vector<std::uint64_t> seeds() { return seeds_to_try(1, 4); }

// Each seed's history; what was looked at is never nothing.
template <class Body>
void each_history(Body body) {
  for (const std::uint64_t seed : seeds()) {
    INFO(replay(seed));
    History history(seed);
    body(history);
    CHECK(history.seen() > 100);
  }
}

}  // namespace

TEST_CASE("positions are what a plain model says, at every instant, under every filter, in pages of any size") {
  each_history([](History& h) {
    const auto every = [&h](st::PositionQuery query) {
      h.check(query);
      for (const int size : {1, 2, 3}) {
        query.page_size = size;
        h.check(query);
      }
      query.page_size = 1'000;
      for (const char* offer : {"a", "e", "nobody"}) {
        query.offer = offer;
        h.check(query);
      }
      query.offer.clear();
      query.article = "art1";
      h.check(query);
      query.article.clear();
      query.kind = st::StockKind::fbs;
      query.account = h.accounts()[1];
      h.check(query);
      query.offer = "a";
      h.check(query);
      query.offer.clear();
      query.article = "art2";
      query.kind = st::StockKind::fbo;
      query.page_size = 1;
      h.check(query);
      query.article.clear();
      query.warehouse = "w2";  // also the key of a seller's warehouse
      h.check(query);
      query.kind.reset();
      query.account.reset();
      query.page_size = 3;
      h.check(query);
      query.offers = {"e", "b", "nobody", "a", "e"};
      h.check(query);
      query.warehouse.clear();
      h.check(query);
      query.account = h.accounts()[0];
      query.page_size = 1;
      h.check(query);
      query.offers.clear();
      query.warehouse = "nowhere";
      h.check(query);
    };
    every({});
    for (std::int64_t at = -1; at <= h.length(); ++at) {
      every({.as_of = h.at(at)});
      every({.known_at = h.at(at)});
      every({.as_of = h.at(at), .known_at = h.at(h.pick(static_cast<int>(h.length())))});
    }
    h.check_freshness();
    h.check_ledger();
    h.leave();
    every({});
    every({.as_of = h.at(h.length())});
    h.check_freshness();
  });
}

TEST_CASE("movements are what a plain model says, from and until any instant, in pages of any size") {
  each_history([](History& h) {
    h.check(st::MovementQuery{});
    h.check(st::MovementQuery{.account = h.accounts()[1]});
    for (std::int64_t at = -1; at <= h.length(); ++at) {
      h.check(st::MovementQuery{.from = h.at(at)});
      h.check(st::MovementQuery{.until = h.at(at)});
      h.check(st::MovementQuery{.offer = "a", .from = h.at(at), .until = h.at(at + 3)});
    }
    for (const char* warehouse : {"w1", "w2", "w5"}) h.check(st::MovementQuery{.warehouse = warehouse});
    for (const char* article : {"art1", "art2", "art3"}) {
      h.check(st::MovementQuery{.article = article});
      h.check(st::MovementQuery{.account = h.accounts()[0], .article = article, .warehouse = "w2"});
    }
    h.check(st::MovementQuery{.account = h.accounts()[0], .offer = "f"});
  });
}

TEST_CASE("the histories hold what they are about: held answers, kept values, and an answer of a later clock") {
  int held = 0;
  std::size_t kept = 0;
  for (const std::uint64_t seed : seeds()) {
    History history(seed);
    held += history.held();
    const auto lines = history.positions({});
    kept += static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(), [](const auto& line) { return line.find(" kept ") != line.npos; }));
  }
  if (seeds().size() > 1) CHECK(held > 0);
  if (seeds().size() > 1) CHECK(kept > 0);
}
