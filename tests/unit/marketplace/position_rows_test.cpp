// Rows by offer and warehouse, where hashes say less than the rows themselves.
#include "marketplace/position_rows.hpp"

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

// As a connector does: the row that is there, or a new one.
std::size_t row_of(st::PositionRows& rows, std::string_view offer, std::uint64_t hash, std::uint32_t warehouse) {
  const std::size_t row = rows.find(offer, hash, warehouse);
  if (row == rows.columns().rows()) {
    rows.columns().offer.push(offer);
    rows.columns().warehouse.push_back(warehouse);
    rows.columns().on_hand.push_back(0);
  }
  return row;
}

}  // namespace

TEST_CASE("positions with equal hashes are distinguished by their offer and their warehouse") {
  st::PositionRows rows;
  // What a warehouse adds to the hash of an offer.
  const std::uint64_t of_one = 0x9E37'79B9'7F4A'7C15U;
  CHECK(row_of(rows, "A", 7, 0) == 0);
  CHECK(row_of(rows, "B", 7, 0) == 1);
  CHECK(row_of(rows, "A", 7 ^ of_one, 1) == 2);
  CHECK(row_of(rows, "A", 7, 0) == 0);
  CHECK(row_of(rows, "B", 7, 0) == 1);
  CHECK(row_of(rows, "A", 7 ^ of_one, 1) == 2);
  CHECK(rows.columns().rows() == 3);
}

TEST_CASE("every position is found again, however many there are") {
  st::PositionRows rows;
  rows.expect(10);
  for (int round = 0; round < 2; ++round) {
    std::size_t at = 0;
    for (std::uint32_t warehouse = 0; warehouse < 5; ++warehouse) {
      for (int offer = 0; offer < 400; ++offer) {
        const std::string key = "N" + std::to_string(offer);
        REQUIRE(row_of(rows, key, st::hash64(key), warehouse) == at++);
      }
    }
  }
  CHECK(rows.columns().rows() == 2'000);
}
