// A catalogue from its applier through the store to those who read offers, of two sellers with the same keys.
#include "inventory/catalogue_apply.hpp"

#include <algorithm>
#include <map>

#include "tests/support/shelf.hpp"

namespace st = stocktracker;
namespace inventory = stocktracker::inventory;

namespace {

constexpr st::Statement kOffers{"test.offers",
                                "SELECT o.account_id, o.offer_key, o.listing, o.article, o.title, o.brand, o.size, "
                                "o.state, b.barcode FROM offer o LEFT JOIN offer_barcode b ON b.offer_id = o.offer_id "
                                "ORDER BY o.account_id, o.offer_key, b.barcode"};

struct Card {
  std::string key;
  std::string listing = "l";
  std::string article = "a";
  std::string title = "t";
  std::string brand = "b";
  std::string size = "s";
  std::vector<std::string> barcodes{};
  bool details_known = true;
};

struct Shelves : Shelf {
  inventory::CatalogueApplied apply(const std::vector<Card>& cards, inventory::CatalogueAnswer answer = {},
                                    bool numeric = false) {
    inventory::Catalogue catalogue;
    for (const Card& c : cards) {
      const std::vector<std::string_view> codes(c.barcodes.begin(), c.barcodes.end());
      catalogue.add({c.key, c.listing, c.article, c.title, c.brand, c.size, codes, c.details_known});
    }
    answer.account = account;
    answer.catalogue = &catalogue;
    inventory::CatalogueApplied applied;
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto index, inventory::load_offer_index(tx, account, numeric));
      const std::size_t before = index.size();
      STK_TRY(applied, inventory::apply_catalogue(tx, answer, index));
      if (applied.held) CHECK(index.size() == before);
      return st::success();
    };
    done = storage->tenant(context.tenant).value()->transact(context, st::TransactMode::write, body);
    return applied;
  }
  // By account and key: "listing/article/title/brand/size state barcodes".
  std::map<std::string, std::string> stored() {
    std::map<std::string, std::string> all;
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto rows, tx.query(kOffers));
      while (true) {
        STK_TRY(const bool more, rows->next());
        if (!more) return st::success();
        std::string& text = all[(rows->text(0) == id_text ? "" : "other ") + std::string(rows->text(1))];
        if (text.empty()) {
          for (int column = 2; column < 7; ++column) text += std::string(rows->text(column)) + "/";
          text += to_string(static_cast<st::OfferState>(rows->integer(7)));
        }
        if (!rows->is_null(8)) text += " " + std::string(rows->text(8));
      }
    };
    REQUIRE(storage->tenant(context.tenant).value()->transact(context, st::TransactMode::read, body));
    return all;
  }
  void change_seller() {
    id_text.back() = id_text.back() == 'a' ? 'b' : 'a';
    account = st::AccountId::parse(id_text).value();
  }
  st::Result<void> done = st::success();
};

using Stored = std::map<std::string, std::string>;

}  // namespace

TEST_CASE(
    "every part of a card is stored where it belongs, a change of any part is a change, and the last report counts") {
  Shelves shelf;
  const Card card{"k", "listing", "article", "title", "brand", "size", {"1", "2"}};
  CHECK(shelf.apply({card}).changes == st::SourceChanges{.added = 1});
  CHECK(shelf.stored() == Stored{{"k", "listing/article/title/brand/size/listed 1 2"}});
  CHECK(shelf.apply({card}).changes == st::SourceChanges{.unchanged = 1});
  std::vector<Card> changed(8, card);
  changed[0].listing = "x";
  changed[1].article = "x";
  changed[2].title = "x";
  changed[3].brand = "x";
  changed[4].size = "x";
  changed[5].barcodes = {"1"};
  changed[6].barcodes = {"1", "2", "3"};
  changed[7].article = "articlet";  // the same letters, divided otherwise
  changed[7].title = "itle";
  for (const Card& one : changed) {
    CHECK(shelf.apply({one}).changes == st::SourceChanges{.changed = 1});
    std::string codes;
    for (const auto& code : one.barcodes) codes += " " + code;
    CHECK(shelf.stored() == Stored{{"k", one.listing + "/" + one.article + "/" + one.title + "/" + one.brand + "/" +
                                             one.size + "/listed" + codes}});
    CHECK(shelf.apply({one, card}).changes == st::SourceChanges{.changed = 1});
    CHECK(shelf.stored() == Stored{{"k", "listing/article/title/brand/size/listed 1 2"}});
  }
}

TEST_CASE(
    "an offer leaves the catalogue when a complete answer is without it, and comes back; another seller's stays") {
  Shelves shelf;
  shelf.apply({{.key = "k"}, {.key = "m"}, {.key = "n"}});
  shelf.change_seller();
  shelf.apply({{.key = "k", .title = "other"}, {.key = "m"}});
  shelf.change_seller();
  const std::string listed = "l/a/t/b/s/listed";
  const std::string vanished = "l/a/t/b/s/vanished";
  const Stored others{{"other k", "l/a/other/b/s/listed"}, {"other m", listed}};
  const auto check = [&](Stored mine) {
    mine.insert(others.begin(), others.end());
    CHECK(shelf.stored() == mine);
  };
  inventory::CatalogueAnswer odd;
  const std::vector<std::string> keys{"m", "never seen"};
  odd.odd = keys;
  auto applied = shelf.apply({{.key = "k"}}, odd);  // a row about m could not be read
  CHECK(applied.changes == st::SourceChanges{.changed = 1, .zeroed = 1, .unchanged = 1});
  CHECK(applied.listed_before == 3);
  check({{"k", listed}, {"m", listed}, {"n", vanished}});
  applied = shelf.apply({{.key = "k"}, {.key = "m"}});  // once it has left, it does not leave again
  CHECK(applied.changes == st::SourceChanges{.unchanged = 2});
  CHECK(applied.listed_before == 2);
  inventory::CatalogueAnswer silent;
  silent.silence_means_nothing = true;
  CHECK(shelf.apply({{.key = "k"}}, silent).changes == st::SourceChanges{.unchanged = 1});
  check({{"k", listed}, {"m", listed}, {"n", vanished}});
  CHECK(shelf.apply({{.key = "k"}, {.key = "m"}, {.key = "n"}}).changes ==
        st::SourceChanges{.changed = 1, .unchanged = 2});
  check({{"k", listed}, {"m", listed}, {"n", listed}});
  // Known by its key alone: it is there, and its card stays as it is.
  CHECK(shelf.apply({{.key = "k"}, {.key = "m"}}).changes.zeroed == 1);
  Card bare{.key = "n", .article = "", .title = "", .details_known = false};
  CHECK(shelf.apply({{.key = "k"}, {.key = "m"}, bare}).changes == st::SourceChanges{.changed = 1, .unchanged = 2});
  check({{"k", listed}, {"m", listed}, {"n", listed}});
  CHECK(shelf.apply({{.key = "k"}, {.key = "m"}, bare}).changes == st::SourceChanges{.unchanged = 3});
  // An offer that came of an answer of stock gets its card.
  shelf.offer(99, "raw", {}, static_cast<int>(st::OfferState::uncarded));
  applied = shelf.apply({{.key = "k"}, {.key = "m"}, {.key = "n"}});
  CHECK(applied.changes.zeroed == 0);  // what was never listed does not leave
  CHECK(applied.listed_before == 3);
  CHECK(shelf.apply({{.key = "k"}, {.key = "m"}, {.key = "n"}, {.key = "raw"}}).changes.changed == 1);
  check({{"k", listed}, {"m", listed}, {"n", listed}, {"raw", listed}});
}

TEST_CASE("a catalogue that would lose too many offers is held, writes nothing, and a person may accept it") {
  Shelves shelf;
  std::vector<Card> all;
  for (int n = 100; n < 140; ++n) all.push_back({.key = std::to_string(n)});
  inventory::CatalogueAnswer first;
  first.first_load = true;
  shelf.apply(all, first);
  const auto before = shelf.stored();
  std::vector<Card> fewer(all.begin(), all.begin() + 28);
  fewer.push_back({.key = "new"});
  const auto held = shelf.apply(fewer);
  CHECK(held.held);
  CHECK(held.note == "would drop 12 of 40 offers");
  CHECK(shelf.stored() == before);
  CHECK_FALSE(shelf.apply({all.begin(), all.begin() + 29}).held);
  shelf.apply(all);
  inventory::CatalogueAnswer accepted;
  accepted.accept_mass_zero = true;
  CHECK(shelf.apply(fewer, accepted).changes ==
        st::SourceChanges{.added = 1, .changed = 12, .zeroed = 12, .unchanged = 28});
  shelf.apply(all, accepted);
  CHECK_FALSE(shelf.apply(fewer, first).held);
}

TEST_CASE("a channel of numbers takes no key that is not its number, so that 007 and 7 are never one offer") {
  Shelves shelf;
  for (const char* key : {"007", "7x", "", "-7", "0x7", "9223372036854775808"}) {
    INFO(key);
    shelf.apply({{.key = key}}, {}, true);
    CHECK_FALSE(shelf.done);
    CHECK(shelf.done.error().details().field == "offer.key");
    CHECK(shelf.stored().empty());
  }
  shelf.apply({{.key = "7"}, {.key = "0"}, {.key = "9223372036854775807"}}, {}, true);
  REQUIRE(shelf.done);
  CHECK(shelf.stored().size() == 3);
  CHECK(inventory::canonical_number("0") == 0);
  CHECK(inventory::canonical_number("10") == 10);
  Shelves texts;
  texts.apply({{.key = "007"}, {.key = "7"}});
  CHECK(texts.stored().size() == 2);
  texts.apply({}, {}, true);
  CHECK(texts.done.error().errc() == st::Errc::store_corrupt);
}

TEST_CASE("what a person says of a listing is kept for that offer of that seller, with his name and his time") {
  Shelves shelf;
  shelf.apply({{.key = "k"}, {.key = "m", .barcodes = {"1", "2"}}, {.key = "gone"}});
  shelf.change_seller();
  shelf.apply({{.key = "k"}, {.key = "only"}, {.key = "left"}});
  shelf.apply({{.key = "k"}, {.key = "only"}});
  shelf.change_seller();
  auto listings = shelf.engine->listings();
  auto context = shelf.context;
  context.actor = "anna";
  REQUIRE(listings.decide(shelf.account, "k", std::string(200, 'p'), context));
  REQUIRE(listings.decide(shelf.account, "m", "two", context));
  CHECK(listings.decide(shelf.account, "m", std::string(201, 'p'), context).error().details().field == "product");
  CHECK(listings.decide(shelf.account, "m", "", context).error().details().field == "product");
  CHECK(listings.decide(shelf.account, "only", "p", context).error().errc() == st::Errc::not_found);
  const auto said = [&] {
    std::string text;
    const auto matched = listings.matched(shelf.context).value();
    for (const auto& offer : matched.offers) {
      text += (offer.account == shelf.account ? "" : "other ") + offer.key + ":" + offer.product.substr(0, 3);
      for (const auto& code : offer.barcodes) text += "," + code;
      text += " ";
    }
    return text;
  };
  CHECK(said() == "gone: k:ppp m:two,1,2 other k: other only: ");  // without the one that left the catalogue
  shelf.change_seller();
  REQUIRE(listings.undecide(shelf.account, "k", context));  // has none: the first seller's stays
  shelf.change_seller();
  CHECK(said().find(" k:ppp ") != std::string::npos);
  REQUIRE(listings.undecide(shelf.account, "k", context));
  CHECK(said() == "gone: k: m:two,1,2 other k: other only: ");
  constexpr static st::Statement kLink{"test.link", "SELECT decided_by, decided_at FROM offer_link"};
  const auto look = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(auto rows, tx.query(kLink));
    STK_TRY(const bool any, rows->next());
    REQUIRE(any);
    CHECK(rows->text(0) == "anna");
    CHECK(rows->integer(1) == shelf.now().micros());
    return st::success();
  };
  REQUIRE(shelf.storage->tenant(shelf.context.tenant).value()->transact(shelf.context, st::TransactMode::read, look));
}

// One seller's goods would be matched, and ordered anew, as another's.
TEST_CASE("offers of two sellers that follow each other with one key are two listings, each with its own barcodes") {
  Shelves shelf;
  shelf.apply({{.key = "k", .title = "first", .barcodes = {"1"}}});
  shelf.change_seller();
  shelf.apply({{.key = "k", .title = "second", .barcodes = {"2", "3"}}});
  const auto offers = shelf.engine->listings().matched(shelf.context).value().offers;
  REQUIRE(offers.size() == 2);
  CHECK(offers[0].account != offers[1].account);
  CHECK(offers[0].title == "first");
  CHECK(offers[0].barcodes == std::vector<std::string>{"1"});
  CHECK(offers[1].title == "second");
  CHECK(offers[1].barcodes == std::vector<std::string>{"2", "3"});
}
