// OfferIndex: numbers and texts as keys.
#include "inventory/offer_index.hpp"

#include "tests/support/catch.hpp"

namespace inventory = stocktracker::inventory;
using inventory::OfferIndex;

TEST_CASE("only canonical decimals are numbers: leading zeros are kept apart") {
  CHECK(inventory::canonical_number("0") == 0);
  CHECK(inventory::canonical_number("316399238") == 316399238);
  for (const char* text : {"", "007", "-1", "+1", "1 ", "1a", "9999999999999999999"})
    CHECK(inventory::canonical_number(text) == -1);
}

TEST_CASE("numbers and texts are found, forgotten, and found again") {
  for (const bool numeric : {true, false}) {
    OfferIndex index(numeric);
    CHECK(index.find("1") == OfferIndex::kNone);
    for (int i = 1; i <= 5'000; ++i) index.add(std::to_string(i * 37), {i, 0, {}, false});
    for (int i = 1; i <= 5'000; ++i) REQUIRE(index.at(index.find(std::to_string(i * 37))).id == i);
    CHECK(index.find("38") == OfferIndex::kNone);
    CHECK(index.find("037") == OfferIndex::kNone);
    index.truncate(10);
    CHECK(index.find(std::to_string(11 * 37)) == OfferIndex::kNone);
    CHECK(index.at(index.find(std::to_string(10 * 37))).id == 10);
    index.add(std::to_string(11 * 37), {99, 0, {}, false});
    CHECK(index.at(index.find(std::to_string(11 * 37))).id == 99);
  }
}
