// StockSnapshot: sorted rows, repeated rows, undisclosed warehouses.
#include "inventory/snapshot.hpp"

#include <algorithm>
#include <array>

#include "inventory/catalogue.hpp"

#include "tests/support/catch.hpp"

namespace st = stocktracker;
namespace inventory = stocktracker::inventory;

namespace {

st::StockCells columns(std::initializer_list<std::pair<int, int>> rows,
                       st::WarehouseKind kind = st::WarehouseKind::marketplace) {
  st::StockCells made;
  made.warehouses.push_back({"1", "a", "", kind});
  for (const auto& [offer, units] : rows) {
    made.offer.push(offer);
    made.warehouse.push_back(0);
    made.on_hand.push_back(units);
    made.to_client.push_back(1);
  }
  return made;
}

const std::vector<std::int64_t> kWarehouses{7};

}  // namespace

TEST_CASE("rows are sorted by position") {
  const std::vector<std::int64_t> ids{3, 1, 2};
  const auto made = inventory::make_snapshot(columns({{30, 3}, {10, 1}, {20, 2}}), ids, kWarehouses).value();
  CHECK(made.offer == std::vector<std::int64_t>{1, 2, 3});
  CHECK(made.on_hand == std::vector<std::int64_t>{1, 2, 3});
  CHECK(made.reserved.empty());
}

TEST_CASE("a position that is reported twice with one value counts once, and with two values is a contradiction") {
  const std::vector<std::int64_t> ids{1, 1};
  CHECK(inventory::make_snapshot(columns({{10, 4}, {10, 4}}), ids, kWarehouses).value().on_hand ==
        std::vector<std::int64_t>{4});
  CHECK(inventory::make_snapshot(columns({{10, 4}, {10, 5}}), ids, kWarehouses).error().errc() ==
        st::Errc::vendor_contradiction);
}

TEST_CASE("undisclosed warehouses are summed within one answer") {
  const std::vector<std::int64_t> ids{1, 1};
  const auto made =
      inventory::make_snapshot(columns({{10, 4}, {10, 4}}, st::WarehouseKind::undisclosed), ids, kWarehouses).value();
  CHECK(made.on_hand == std::vector<std::int64_t>{8});
  CHECK(made.to_client == std::vector<std::int64_t>{2});
  auto huge = columns({{10, 4}, {10, 4}}, st::WarehouseKind::undisclosed);
  huge.on_hand = {INT64_MAX, 1};
  CHECK(inventory::make_snapshot(huge, ids, kWarehouses).error().errc() == st::Errc::vendor_contradiction);
}

TEST_CASE("a digest differs for every difference but the order of rows") {
  const auto digest = [](const st::StockCells& c, std::vector<std::string> asked = {}) {
    return inventory::digest_of(c, asked);
  };
  const auto base = columns({{10, 4}, {20, 5}});
  CHECK(digest(base) == digest(columns({{20, 5}, {10, 4}})));
  CHECK(digest(base) != digest(columns({{10, 5}, {20, 4}})));
  CHECK(digest(base) != digest(columns({{10, 4}})));
  CHECK(digest(base) != digest(columns({{10, 4}, {20, 5}, {20, 5}})));
  CHECK(digest(base) != digest(base, {"10"}));
  auto renamed = base;
  renamed.warehouses[0].name = "b";
  CHECK(digest(base) != digest(renamed));
  auto untold = columns({});
  auto reported = untold;
  reported.warehouses.clear();
  CHECK(digest(untold) == digest(reported));  // no rows, nothing said of warehouses
  auto transit = base;
  transit.to_client[1] = 2;
  CHECK(digest(base) != digest(transit));
}

TEST_CASE("every part of an answer is in its digest: with the same digest nothing would be written") {
  st::StockCells base;
  base.warehouses = {{"1", "Тула", "Юг", st::WarehouseKind::marketplace},
                     {"2", "Казань", "", st::WarehouseKind::marketplace}};
  for (int n = 0; n < 3; ++n) {
    base.offer.push(10 + n);
    base.listing.push(70 + n);
    base.warehouse.push_back(n == 1 ? 1 : 0);
    base.on_hand.push_back(n);
    base.reserved.push_back(2 * n);
    base.to_client.push_back(3 * n);
    base.from_client.push_back(4 * n);
  }
  base.unplaced.push(500);
  const std::vector<std::string> asked{"10", "11"};
  const auto keys = [](std::initializer_list<const char*> texts) {
    st::KeyColumn column;
    for (const std::string_view text : texts) column.push(text);
    return column;
  };
  using Change = void (*)(st::StockCells&);
  const std::vector<Change> changes{[](st::StockCells& c) { ++c.on_hand[0]; },
                                    [](st::StockCells& c) { ++c.reserved[1]; },
                                    [](st::StockCells& c) { ++c.to_client[2]; },
                                    [](st::StockCells& c) { ++c.from_client[0]; },
                                    [](st::StockCells& c) { std::swap(c.reserved[1], c.reserved[2]); },
                                    [](st::StockCells& c) { std::swap(c.to_client, c.from_client); },
                                    [](st::StockCells& c) { std::swap(c.reserved, c.from_client); },
                                    [](st::StockCells& c) { c.warehouse[0] = 1; },
                                    [](st::StockCells& c) { c.warehouses[0].key = "3"; },
                                    [](st::StockCells& c) { c.warehouses[0].name = "Тверь"; },
                                    [](st::StockCells& c) { c.warehouses[0].region = "Север"; },
                                    [](st::StockCells& c) { c.warehouses[0].kind = st::WarehouseKind::undisclosed; },
                                    [](st::StockCells& c) { std::swap(c.warehouses[0].name, c.warehouses[0].key); },
                                    [](st::StockCells& c) { c.reserved.clear(); },
                                    [](st::StockCells& c) { c.to_client.clear(); },
                                    [](st::StockCells& c) { c.from_client.clear(); },
                                    [](st::StockCells& c) { c.listing = {}; },
                                    [](st::StockCells& c) { c.unplaced = {}; },
                                    [](st::StockCells& c) { c.unplaced.push(501); }};
  std::vector<std::string> digests{inventory::digest_of(base, asked), inventory::digest_of(base, {}),
                                   inventory::digest_of(base, std::vector<std::string>{"10"})};
  for (const Change& change : changes) {
    st::StockCells other = base;
    change(other);
    digests.push_back(inventory::digest_of(other, asked));
  }
  st::StockCells offers = base;
  offers.offer = {};
  for (const int key : {10, 11, 13}) offers.offer.push(key);
  digests.push_back(inventory::digest_of(offers, asked));
  st::StockCells listings = base;
  listings.listing = {};
  for (const int key : {70, 71, 73}) listings.listing.push(key);
  digests.push_back(inventory::digest_of(listings, asked));
  for (const char* last : {"c", "d"}) {
    st::StockCells texts = base;
    texts.offer = keys({"a", "b", last});
    digests.push_back(inventory::digest_of(texts, asked));
    st::StockCells listed = base;
    listed.listing = keys({"a", "b", last});
    digests.push_back(inventory::digest_of(listed, asked));
  }
  auto apart = digests;
  std::sort(apart.begin(), apart.end());
  CHECK(std::unique(apart.begin(), apart.end()) == apart.end());
  CHECK(inventory::digest_of(base, std::vector<std::string>{"11", "10"}) == digests[0]);

  // A column of zeroes is no column that is not there.
  st::StockCells zeroes = base;
  zeroes.reserved.assign(3, 0);
  st::StockCells none = base;
  none.reserved.clear();
  CHECK(inventory::digest_of(zeroes, asked) != inventory::digest_of(none, asked));
}

TEST_CASE("each quantity of an undisclosed warehouse is summed, and each that disagrees elsewhere is a contradiction") {
  const std::vector<std::int64_t> ids{1, 1};
  for (std::size_t which = 0; which < 4; ++which) {
    INFO(which);
    const auto made = [&](st::WarehouseKind kind, std::int64_t first, std::int64_t second) {
      auto c = columns({{10, 4}, {10, 4}}, kind);
      c.reserved = c.from_client = c.to_client;
      auto* const column = std::array{&c.on_hand, &c.reserved, &c.to_client, &c.from_client}[which];
      *column = {first, second};
      return inventory::make_snapshot(c, ids, kWarehouses);
    };
    const auto summed = made(st::WarehouseKind::undisclosed, 7, 9).value();
    const std::array all{summed.on_hand, summed.reserved, summed.to_client, summed.from_client};
    for (std::size_t n = 0; n < 4; ++n) {
      CHECK(all[n] == std::vector<std::int64_t>{n == which ? 16 : n == 0 ? 8 : 2});
    }
    CHECK(made(st::WarehouseKind::undisclosed, INT64_MAX, 1).error().errc() == st::Errc::vendor_contradiction);
    for (const auto kind : {st::WarehouseKind::marketplace, st::WarehouseKind::seller}) {
      CHECK(made(kind, 7, 9).error().errc() == st::Errc::vendor_contradiction);
      CHECK(made(kind, 7, 7).has_value());
    }
  }
}

TEST_CASE("a catalogue gives back what was put in, and digests ignore order alone") {
  const std::vector<std::string_view> codes{"007", ""};
  inventory::Catalogue a;
  a.add({"1", "10", "art", "t", "b", "s", codes});
  a.add({"2", "", "", "", "", "", {}});
  std::vector<std::string_view> out;
  const auto row = a.row(0, out);
  CHECK(row.key == "1");
  CHECK(row.article == "art");
  CHECK(out == codes);
  inventory::Catalogue b;
  b.add({"2", "", "", "", "", "", {}});
  b.add({"1", "10", "art", "t", "b", "s", codes});
  CHECK(a.digest() == b.digest());
  inventory::Catalogue c;
  c.add({"1", "10", "artt", "", "b", "s", codes});
  inventory::Catalogue d;
  d.add({"1", "10", "art", "t", "b", "s", codes});
  CHECK(c.content_hash(0) != d.content_hash(0));
  CHECK(a.keys() == std::vector<std::string>{"1", "2"});
}
