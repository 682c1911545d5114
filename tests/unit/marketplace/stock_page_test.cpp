// StockPage: rows that cannot be right make a page faulty, whether they come one by one or as columns.
#include <stocktracker/marketplace/stock_page.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "marketplace/stock_cells.hpp"

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

constexpr st::WarehouseKind kSeller = st::WarehouseKind::seller;

// "": the page is right.
std::string fault(const st::StockPage& page) {
  const auto checked = page.check();
  if (checked) return {};
  CHECK(checked.error().errc() == st::Errc::vendor_schema);
  return checked.error().message();
}

st::StockPage page_with(const st::StockRow& second) {
  st::StockPage page;
  page.add_warehouse({"w", "Cellar", "", kSeller});
  page.push({.offer = "A", .on_hand = 1});
  page.push(second);
  page.push({.offer = "C", .on_hand = 3});
  return page;
}

// Two rows in one warehouse.
st::StockCells cells() {
  st::StockCells made;
  made.warehouses.push_back({"w", "Cellar", "", kSeller});
  for (const std::string_view key : {"A", "B"}) {
    made.offer.push(key);
    made.warehouse.push_back(0);
    made.on_hand.push_back(1);
  }
  return made;
}

}  // namespace

TEST_CASE("a page gives back the rows that were pushed, with their warehouses") {
  st::StockPage page;
  const auto cellar = page.add_warehouse({"w", "Cellar", "", kSeller});
  const auto hall = page.add_warehouse({"w", "Hall", "", st::WarehouseKind::marketplace});
  CHECK(page.add_warehouse({"w", "another name", "", kSeller}) == cellar);
  page.push({.offer = 7, .warehouse = hall, .on_hand = 5, .reserved = 2, .listing = "L"});
  page.push({.offer = INT64_MAX, .warehouse = cellar, .on_hand = 1'000'000'000'000, .reserved = 0, .listing = "M"});
  page.push_unplaced("N");
  REQUIRE(fault(page).empty());
  REQUIRE(page.rows() == 2);
  const st::StockRow first = page.row(0);
  CHECK(first.offer.to_text() == "7");
  CHECK(first.listing.text() == "L");
  CHECK(page.warehouse(first.warehouse).name == "Hall");
  CHECK(first.reserved == 2);
  CHECK(!first.to_client);
  CHECK(page.row(1).offer.number() == INT64_MAX);
  CHECK(page.warehouse(page.row(1).warehouse).name == "Cellar");
  CHECK(page.cells().unplaced.to_text(0) == "N");
}

TEST_CASE("a row that cannot be right makes the page faulty, and the fault names the row, the offer and the field") {
  CHECK(fault(page_with({.offer = "B", .on_hand = 0})).empty());
  CHECK(fault(page_with({.offer = "B", .on_hand = -1})) == "row 1 (offer B): on_hand is negative");
  CHECK(fault(page_with({.offer = "B", .on_hand = 1'000'000'000'001})) ==
        "row 1 (offer B): on_hand is more than 10^12");
  CHECK(fault(page_with({.offer = "", .on_hand = 1})) == "row 1: offer is empty");
  CHECK(fault(page_with({.on_hand = 1})) == "row 1: offer is empty");
  CHECK(fault(page_with({.offer = "\xff", .on_hand = 1})).ends_with("offer is not UTF-8, or holds a zero byte"));
  CHECK(fault(page_with({.offer = std::string_view("a\0b", 3), .on_hand = 1})).ends_with("or holds a zero byte"));
  CHECK(fault(page_with({.offer = 7, .on_hand = 1})).ends_with("is a number in some rows and a text in others"));
  CHECK(fault(page_with({.offer = "B", .warehouse = 1})).find("row 1 (offer B): warehouse has a number") == 0);
  CHECK(fault(page_with({.offer = "B", .on_hand = 1, .reserved = 1})) ==
        "row 1 (offer B): reserved is given in some rows and missing in others");
  CHECK(fault(page_with({.offer = "B", .on_hand = 1, .listing = "L"})) ==
        "row 1 (offer B): listing is given in some rows and missing in others");
  CHECK(page_with({.offer = "B", .on_hand = -1}).check().error().details().field == "on_hand");
  // The first fault counts.
  st::StockPage page = page_with({.offer = "B", .on_hand = -1});
  page.push({.offer = "", .on_hand = 1});
  CHECK(fault(page) == "row 1 (offer B): on_hand is negative");
}

TEST_CASE("numbered keys are not negative, a warehouse has a key, and only one that nobody names has none") {
  st::StockPage page;
  page.add_warehouse({"", "", "", st::WarehouseKind::undisclosed});
  page.push({.offer = -1, .on_hand = 1});
  CHECK(fault(page) == "row 0 (offer -1): offer is negative");
  st::StockPage nameless;
  nameless.add_warehouse({"", "Cellar", "", kSeller});
  CHECK(fault(nameless) == "warehouse 0: key is empty");
  st::StockPage bytes;
  bytes.add_warehouse({"\xc0\x80", "w", "", kSeller});
  CHECK(!fault(bytes).empty());
  st::StockPage unplaced;
  unplaced.push_unplaced("");
  CHECK(fault(unplaced) == "unplaced listing 0: key is empty");
}

TEST_CASE("columns are checked as rows are: lengths, warehouses, keys, amounts") {
  using Change = void (*)(st::StockCells&);
  struct Case {
    const char* fault;
    Change change;
  };
  const std::vector<Case> cases{
      {"", [](st::StockCells&) {}},
      {"row 0: reserved has another number of rows than on_hand", [](st::StockCells& c) { c.reserved = {1}; }},
      {"row 0: warehouse has another number of rows than on_hand", [](st::StockCells& c) { c.warehouse.pop_back(); }},
      {"row 0: offer has another number of rows than on_hand", [](st::StockCells& c) { c.offer.push("C"); }},
      {"row 0: listing has another number of rows than on_hand", [](st::StockCells& c) { c.listing.push("C"); }},
      {"row 1 (offer B): warehouse has a number", [](st::StockCells& c) { c.warehouse[1] = 1; }},
      {"row 1 (offer B): on_hand is negative", [](st::StockCells& c) { c.on_hand[1] = -1; }},
      {"row 0 (offer A): to_client is negative",
       [](st::StockCells& c) {
         c.to_client = {INT64_MIN, 1};
       }},
      {"row 1 (offer B): from_client is more than 10^12",
       [](st::StockCells& c) {
         c.from_client = {1, INT64_MAX};
       }},
      {"row 1: offer is empty",
       [](st::StockCells& c) {
         c.offer = {};
         c.offer.push("A");
         c.offer.push("");
       }},
      {"row 1 (offer ?): offer is not UTF-8",
       [](st::StockCells& c) {
         c.offer = {};
         c.offer.push("Ж");
         c.offer.push("\xd0");
       }},
      {"row 1 (offer B): listing is negative",
       [](st::StockCells& c) {
         c.listing.push(std::int64_t{1});
         c.listing.push(std::int64_t{-1});
       }},
      {"warehouse 0: key is empty", [](st::StockCells& c) { c.warehouses[0].key.clear(); }},
      {"unplaced listing 0: key is empty", [](st::StockCells& c) { c.unplaced.push(""); }},
  };
  for (const Case& one : cases) {
    CAPTURE(one.fault);
    st::StockCells made = cells();
    one.change(made);
    const std::string found = fault(st::StockPage(std::move(made)));
    CHECK(found.substr(0, std::string_view(one.fault).size()) == one.fault);
    CHECK(found.empty() == std::string_view(one.fault).empty());
  }
}

TEST_CASE("a page that was given away is empty, and can be filled again") {
  st::StockPage page = page_with({.offer = "B", .on_hand = -1});
  const st::StockPage taken = std::move(page);
  CHECK(fault(taken) == "row 1 (offer B): on_hand is negative");
  CHECK(page.rows() == 0);  // NOLINT(bugprone-use-after-move): it is what this case is about
  CHECK(fault(page).empty());
  page.push({.offer = "A", .warehouse = page.add_warehouse({"w", "Cellar", "", kSeller}), .on_hand = 1});
  CHECK(fault(page).empty());
  CHECK(page.rows() == 1);
}

TEST_CASE("keys and texts that are longer than a store takes, and kinds that do not exist, are refused") {
  CHECK(fault(page_with({.offer = std::string(1'025, 'k'), .on_hand = 1})).ends_with("is longer than any store takes"));
  CHECK(fault(page_with({.offer = std::string(1'024, 'k'), .on_hand = 1})).empty());
  st::StockPage page;
  page.add_warehouse({"w", std::string(65'537, 'n'), "bad\xff", kSeller});
  CHECK(fault(page).empty());  // names are only shown
  CHECK(page.warehouse(0).name.size() == 65'536);
  CHECK(page.warehouse(0).region == "bad\uFFFD");
  st::StockPage kinds;
  kinds.add_warehouse({"w", "", "", static_cast<st::WarehouseKind>(77)});
  CHECK(fault(kinds) == "warehouse 0: kind is none of WarehouseKind");
}
