#include "inventory/snapshot.hpp"

#include "inventory/catalogue.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
namespace inventory = stocktracker::inventory;

namespace {

st::StockColumns columns(std::initializer_list<std::pair<int, int>> rows,
                         st::WarehouseKind kind = st::WarehouseKind::marketplace) {
  st::StockColumns made;
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

TEST_CASE("told twice alike counts once, told twice differently is a contradiction") {
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
  CHECK(inventory::make_snapshot(huge, ids, kWarehouses).error().errc() == st::Errc::out_of_range);
}

TEST_CASE("a digest tells every difference but the order of rows") {
  const auto digest = [](const st::StockColumns& c, std::vector<std::string> asked = {}) {
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
  auto told = untold;
  told.warehouses.clear();
  CHECK(digest(untold) == digest(told));  // no rows, nothing said of warehouses
  auto transit = base;
  transit.to_client[1] = 2;
  CHECK(digest(base) != digest(transit));
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
