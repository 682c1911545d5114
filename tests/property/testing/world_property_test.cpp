// Units are conserved, and history does not depend on who looks.
#include <stocktracker/testing/seeded_random.hpp>

#include "testing/world/core/commerce.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

namespace stocktracker::test {
namespace {

using namespace testing::world;

testing::WorldOptions drawn(std::uint64_t seed, testing::SeededRandom& random) {
  testing::WorldOptions options;
  options.seed = seed;
  options.offers = 1 + static_cast<int>(random.below(150));
  options.marketplace_warehouses = static_cast<int>(random.below(12));
  options.seller_warehouses = static_cast<int>(random.below(4));
  options.orders_per_offer_day_x100 = static_cast<int>(random.below(1'500));
  options.cancel_percent = static_cast<int>(random.below(51));
  options.return_percent = static_cast<int>(random.below(50));
  options.undisclosed_percent = static_cast<int>(random.below(101));
  REQUIRE(options.validate());
  return options;
}

void require_conserved(const Commerce& commerce) {
  const Books& books = commerce.books();
  REQUIRE(commerce.units_on_hand() + commerce.units_in_transit() + books.sold + books.written_off ==
          books.initial + books.supplied + books.restocked + books.corrected);
  for (const FboRow& row : commerce.fbo()) {
    for (const Units& units : {row.live, row.published}) {
      REQUIRE(units.on_hand >= 0);
      REQUIRE(units.to_client >= 0);
      REQUIRE(units.from_client >= 0);
    }
  }
  for (const FbsRow& row : commerce.fbs()) {
    REQUIRE(row.on_hand >= 0);
    REQUIRE(row.away >= 0);
  }
  REQUIRE(books.sold >= 0);
}

}  // namespace

TEST_CASE("Commerce conserves units at any instant") {
  Books all;
  std::int64_t orders = 0;
  for (const std::uint64_t seed : seeds_to_try(1, 20)) {
    INFO(replay(seed));
    testing::SeededRandom random(seed * 7'919);
    const testing::WorldOptions options = drawn(seed, random);
    const Catalogue catalogue = make_catalogue(options);
    Commerce commerce(options, catalogue);
    require_conserved(commerce);
    Instant now = options.start;
    for (int step = 0; step < 60; ++step) {
      now = now + Duration(static_cast<std::int64_t>(random.below(24ULL * 3'600 * 1'000'000)));
      commerce.advance(now);
      const std::size_t size = random.below(catalogue.sizes.size());
      if (random.chance(10)) commerce.trash(size);
      if (random.chance(10)) commerce.silence(size);
      if (options.seller_warehouses > 0 && random.chance(20)) {
        const auto warehouse = static_cast<std::size_t>(random.below(catalogue.seller_warehouses.size()));
        commerce.set_fbs(size, warehouse, static_cast<std::int32_t>(random.below(100)));
      }
      require_conserved(commerce);
    }
    all.sold += commerce.books().sold;
    all.supplied += commerce.books().supplied;
    all.restocked += commerce.books().restocked;
    all.written_off += commerce.books().written_off;
    orders += commerce.orders();
  }
  if (replaying()) return;  // one world alone may have few of some
  REQUIRE(orders > 1'000);
  REQUIRE(all.sold > 1'000);
  REQUIRE(all.supplied > 1'000);
  REQUIRE(all.restocked > 1'000);
  REQUIRE(all.written_off > 0);
}

TEST_CASE("Commerce: the published copy is the live stock of the last half hour") {
  for (const std::uint64_t seed : seeds_to_try(1, 8)) {
    INFO(replay(seed));
    testing::SeededRandom random(seed);
    testing::WorldOptions options = drawn(seed, random);
    options.orders_per_offer_day_x100 += 500;
    options.offers += 50;
    options.marketplace_warehouses += 2;
    const Catalogue catalogue = make_catalogue(options);
    Commerce once(options, catalogue);
    Commerce exact(options, catalogue);
    Instant now = options.start;
    bool moved = false;
    for (int step = 0; step < 40; ++step) {
      now = now + Duration(1 + static_cast<std::int64_t>(random.below(5ULL * 3'600 * 1'000'000)));
      constexpr std::int64_t kRefresh = 1'800'000'000;
      const Instant boundary = Instant::from_micros(now.micros() / kRefresh * kRefresh);
      exact.advance(boundary);
      if (boundary > options.start) {
        for (const FboRow& row : exact.fbo()) {
          REQUIRE(row.live.on_hand == row.published.on_hand);
          REQUIRE(row.live.to_client == row.published.to_client);
          REQUIRE(row.live.from_client == row.published.from_client);
        }
      }
      once.advance(now);
      REQUIRE(once.published_at() == boundary);
      for (std::size_t n = 0; n < once.fbo().size(); ++n) {
        const FboRow& row = once.fbo()[n];
        moved = moved || row.live.on_hand != row.published.on_hand;
        // A row that came up after the boundary is published empty.
        if (n >= exact.fbo().size()) {
          REQUIRE(row.published.none());
        } else {
          REQUIRE(row.published.on_hand == exact.fbo()[n].published.on_hand);
          REQUIRE(row.published.to_client == exact.fbo()[n].published.to_client);
        }
      }
    }
    REQUIRE(moved);
  }
}

TEST_CASE("Commerce: one jump and many steps end the same") {
  for (const std::uint64_t seed : seeds_to_try(1, 20)) {
    INFO(replay(seed));
    testing::SeededRandom random(seed + 100);
    const testing::WorldOptions options = drawn(seed, random);
    const Catalogue catalogue = make_catalogue(options);
    Commerce jump(options, catalogue);
    Commerce steps(options, catalogue);
    const Instant end = options.start + Duration(9LL * 86'400 * 1'000'000);
    jump.advance(end);
    for (Instant now = options.start; now < end;
         now = now + Duration(1 + static_cast<std::int64_t>(random.below(4'000'000'000)))) {
      steps.advance(now);
      steps.advance(now - Duration(random.below(1'000'000'000)));  // a clock that steps back changes nothing
    }
    steps.advance(end);
    REQUIRE(jump.orders() == steps.orders());
    REQUIRE(jump.fbo().size() == steps.fbo().size());
    for (std::size_t n = 0; n < jump.fbo().size(); ++n) {
      const FboRow& a = jump.fbo()[n];
      const FboRow& b = steps.fbo()[n];
      REQUIRE(a.size == b.size);
      REQUIRE(a.warehouse == b.warehouse);
      REQUIRE(a.live.on_hand == b.live.on_hand);
      REQUIRE(a.live.to_client == b.live.to_client);
      REQUIRE(a.published.from_client == b.published.from_client);
    }
    for (std::size_t n = 0; n < jump.fbs().size(); ++n) {
      REQUIRE(jump.fbs()[n].on_hand == steps.fbs()[n].on_hand);
      REQUIRE(jump.fbs()[n].away == steps.fbs()[n].away);
    }
  }
}

}  // namespace stocktracker::test
