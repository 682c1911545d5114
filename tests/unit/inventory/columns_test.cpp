// Columns of large accounts: complete, with room for about their rows.
#include <cstdint>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/shelf.hpp"

namespace st = stocktracker;

namespace {

constexpr std::int64_t kPerOffer = 50;

// Positions in 50 warehouses of each offer, and one position of a last offer.
void fill(Shelf& shelf, int source, std::int64_t offers, std::int64_t last_offer) {
  using C = st::SqlColumn;
  std::vector<std::int64_t> offer_ids, warehouse_ids;
  for (std::int64_t row = 0; row < offers * kPerOffer; ++row) {
    offer_ids.push_back(1 + row / kPerOffer);
    warehouse_ids.push_back(1 + row % kPerOffer);
  }
  offer_ids.push_back(last_offer);
  warehouse_ids.push_back(1);
  shelf.source(source, 1, 1, 2, {});
  shelf.write("level", {C::constant("source_id", source), C::integers("offer_id", offer_ids),
                        C::integers("warehouse_id", warehouse_ids), C::constant("on_hand", 4), C::constant("state", 1),
                        C::constant("seq", 1)});
}

}  // namespace

TEST_CASE("columns have every row, and ids that are far apart reserve no memory of a large account") {
  constexpr std::int64_t kLastId = std::int64_t{1} << 53;
  for (const std::int64_t last : {std::int64_t{401}, kLastId}) {
    Shelf shelf;
    for (const int source : {1, 2, 3}) fill(shelf, source, 400, last);
    const auto columns = shelf.engine->stock().columns({}, shelf.context).value();
    constexpr std::size_t kRows = 3 * (400 * kPerOffer + 1);
    REQUIRE(columns.rows() == kRows);
    CHECK(columns.offers.size() == 401);
    std::int64_t sum = 0;
    for (const std::int64_t units : columns.on_hand.units) sum += units;
    CHECK(sum == 4 * static_cast<std::int64_t>(kRows));
    // Room for at most 64 times the 16,384 rows after which the reader estimates, doubled once.
    CHECK(columns.offer.capacity() < 2'200'000);
    CHECK(columns.on_hand.units.capacity() < 2'200'000);
  }
}
