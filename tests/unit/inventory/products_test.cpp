// Products across accounts: the stored ones are those of the rule after every run and decision, and the list finds and
// continues. The same cases on both databases.
#include <random>
#include <set>
#include <thread>

#include <stocktracker/adapters/sqlite.hpp>

#include "tests/support/seed.hpp"
#include "tests/unit/inventory/mall.hpp"

namespace st = stocktracker;
using malls::Card;
using malls::Mall;

namespace {

std::vector<Card> random_cards(std::mt19937& random, unsigned texts) {
  const auto any = [&](unsigned most) { return std::to_string(random() % most); };
  std::vector<Card> cards;
  for (int n = 0; n < 12; ++n) {
    if (random() % 4 == 0) continue;
    Card card{"k" + std::to_string(n), random() % 3 == 0 ? "" : "a" + any(texts), "title " + any(3), {}};
    for (auto codes = random() % 3; codes > 0; --codes) card.barcodes.push_back("b" + any(texts));
    cards.push_back(std::move(card));
  }
  return cards;
}

}  // namespace

TEST_CASE("the stored products are those of the rule after every run and every decision") {
  for (const std::uint64_t seed : seeds_to_try(1, 6)) {
    INFO(replay(seed));
    std::mt19937 random(static_cast<unsigned>(seed));
    const unsigned texts = seed % 2 == 0 ? 12 : 30;
    Mall mall(4);
    for (int step = 0; step < 40; ++step) {
      INFO("step " << step);
      const std::size_t seller = random() % 4;
      const std::string offer = "k" + std::to_string(random() % 12);
      switch (random() % 4) {
        case 0:
          static_cast<void>(mall.decide(seller, offer, "p" + std::to_string(random() % 3)));
          break;
        case 1:
          mall.undecide(seller, offer);
          break;
        default:  // stock without a card is an offer as well
          mall.run(seller, random_cards(random, texts), {{"k" + std::to_string(random() % 14), 5}});
      }
      mall.check();
    }
  }
}

TEST_CASE("a run that changes no text of an offer writes no product, and one that changes one writes what it joins") {
  Mall mall(2);
  std::vector<Card> first{{"a", "x", "Mug", {"1"}}, {"b", "y", "Cup", {"2"}}};
  mall.run(0, first);
  mall.run(1, {{"c", "", "", {"1"}}});
  CHECK(mall.list() == "none 0:b, barcode 0:a 1:c");
  mall.storage->writes = 0;
  mall.run(0, first);
  CHECK(mall.storage->writes == 0);
  mall.run(0, first, {}, {.dry_run = true});
  CHECK(mall.storage->writes == 0);
  first[1].barcodes = {"3"};
  mall.run(0, first, {}, {.dry_run = true});
  CHECK(mall.storage->writes == 0);
  first[0].barcodes.clear();
  mall.run(0, first);
  CHECK(mall.list() == "none 0:b, none 0:a, none 1:c");
  mall.storage->writes = 0;
  CHECK_FALSE(mall.decide(0, "nobody", "p"));
  CHECK(mall.storage->writes == 0);
}

TEST_CASE("a store without products, as an earlier version leaves it, gets them at the first use") {
  Mall mall(2);
  mall.run(0, {{"a", "x"}, {"b", "y"}});
  mall.run(1, {{"c", "x"}});
  const std::string before = mall.list();
  CHECK(before == "none 0:b, article 0:a 1:c");
  mall.forget_products();
  mall.check();
  CHECK(mall.list() == before);
  mall.forget_products();
  mall.run(1, {{"c", "x"}});  // unchanged
  CHECK(mall.list() == before);
  mall.forget_products();
  REQUIRE(mall.decide(0, "b", "p"));
  CHECK(mall.list() == "person(p) 0:b, article 0:a 1:c");
  mall.check();
}

TEST_CASE(
    "products that are not stored yet cannot be read where nothing can be written, and are empty without offers") {
  const TempFolder folder;
  const std::string path = folder.file("shop.db");
  const auto read = [&] { return st::open({.path = path, .read_only = true}).value().listings().products().collect(); };
  Bazaar bazaar;
  Stall stall(bazaar, path);
  CHECK(read().value().empty());
  bazaar.list({"A"});
  stall.sync();
  CHECK(read().value().size() == 1);
  const auto storage = st::make_sqlite_storage({.path = path, .schema = st::schema()}).value();
  const auto forget = [](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(tx.execute({"test.forget_model", "DELETE FROM read_model"}));
    return st::success();
  };
  REQUIRE(storage->tenant({}).value()->transact({}, st::TransactMode::write, forget));
  const auto refused = read();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::store_read_only);
  CHECK(refused.error().message().find("Listings::recompute_products") != std::string::npos);
  CHECK(refused.error().message().find("stocktracker doctor --repair") != std::string::npos);
  // A storage that may write is read as well, and no more than that.
  auto reader = st::open({.storage = storage, .read_only = true}).value();
  CHECK(reader.listings().products().collect().error().errc() == st::Errc::store_read_only);
  CHECK(reader.listings().recompute_products().error().errc() == st::Errc::store_read_only);
  CHECK(reader.settings().change({}).error().errc() == st::Errc::store_read_only);
  CHECK(reader.offers().list().collect().value().size() == 1);
  CHECK(reader.backup(folder.file("copy.db")));
  CHECK(st::open({.path = path}).value().listings().recompute_products().value().offers == 1);
  CHECK(read().value().size() == 1);
}

TEST_CASE("thousands of new offers are matched as one by one, and a later change of one touches its product alone") {
  Mall mall(2);
  std::vector<Card> first;
  std::vector<Card> second;
  for (int n = 0; n < 2'500; ++n) {
    const std::string name = std::to_string(n);
    first.push_back({"f" + name, "first" + name, "", {"code" + name, "0000000000000"}});
    second.push_back({"s" + name, "second" + name, "", {"code" + name, "0000000000000"}});
  }
  mall.run(0, first);
  mall.run(1, second);
  const auto all = mall.engine->listings().products({.match = st::ProductMatch::barcode}, mall.context).collect();
  CHECK(all.value().size() == 2'500);
  second[7].barcodes = {"0000000000000"};
  mall.run(1, second);
  CHECK(mall.list({.barcode = "code7"}) == "none 0:f7");
  CHECK(mall.list({.article = "second7"}) == "none 1:s7");
  mall.check();
}

TEST_CASE("decisions and runs at one moment leave the products of the rule") {
  Mall mall(2);
  std::vector<Card> cards;
  for (int n = 0; n < 6; ++n) cards.push_back({"k" + std::to_string(n), "a" + std::to_string(n)});
  mall.run(0, cards);
  mall.run(1, cards);
  const auto change = [&](unsigned seed) {
    std::mt19937 random(seed);
    auto listings = mall.engine->listings();
    for (int n = 0; n < 25; ++n) {
      const std::string offer = "k" + std::to_string(random() % 6);
      const auto& account = mall.accounts[random() % 2];
      const auto done = random() % 2 == 0
                            ? listings.undecide(account, offer, mall.context)
                            : listings.decide(account, offer, "p" + std::to_string(random() % 2), mall.context);
      if (!done) std::fprintf(stderr, "%s\n", done.error().text().c_str());
    }
  };
  std::thread other(change, 1);
  change(2);
  other.join();
  mall.check();
}

TEST_CASE("products are found by account, match, article, barcode and title, and continue after a cursor") {
  Mall mall(3);
  mall.run(0, {{"a", "x", "Blue mug", {"1", "9"}}, {"b", "y", "Cup", {"2"}}, {"d", "z", "Blue cup"}});
  mall.run(1, {{"c", "", "mug", {"1"}}, {"e", "y", "Mug"}});
  mall.run(2, {{"f", "q", "Kettle"}});
  REQUIRE(mall.decide(2, "f", "kettle"));
  const std::string all = "none 0:d, article 0:b 1:e, barcode 0:a 1:c, person(kettle) 2:f";
  CHECK(mall.list() == all);
  CHECK(mall.list({.account = mall.accounts[1]}) == "article 0:b 1:e, barcode 0:a 1:c");
  CHECK(mall.list({.account = mall.accounts[1], .match = st::ProductMatch::barcode}) == "barcode 0:a 1:c");
  CHECK(mall.list({.match = st::ProductMatch::none}) == "none 0:d");
  CHECK(mall.list({.match = st::ProductMatch::person}) == "person(kettle) 2:f");
  CHECK(mall.list({.article = "y"}) == "article 0:b 1:e");
  CHECK(mall.list({.account = mall.accounts[2], .article = "y"}).empty());
  CHECK(mall.list({.barcode = "9"}) == "barcode 0:a 1:c");
  CHECK(mall.list({.article = "y", .barcode = "9"}).empty());
  CHECK(mall.list({.article = "x", .barcode = "9"}) == "barcode 0:a 1:c");
  CHECK(mall.list({.title = "Blue"}) == "none 0:d, barcode 0:a 1:c");
  CHECK(mall.list({.title = "mug"}) == "barcode 0:a 1:c");  // Mug is another text
  CHECK(mall.list({.account = mall.accounts[1], .title = "Blue"}).empty());
  CHECK(mall.list({.account = mall.accounts[1], .title = "Kettle"}).empty());

  for (const int size : {1, 2, 100}) {
    st::ProductQuery query{.page_size = size};
    std::string continued;
    while (true) {
      auto pages = mall.engine->listings().products(query, mall.context);
      CHECK(pages.cursor() == query.after);
      auto row = pages.next();
      if (!row) break;
      continued += (continued.empty() ? "" : ", ") + mall.text_of(row->value());
      query.after = pages.cursor();
    }
    CHECK(continued == all);
  }
  auto pages = mall.engine->listings().products({.page_size = 1}, mall.context);
  REQUIRE(pages.next());
  const auto other =
      mall.engine->listings().products({.title = "Blue", .after = pages.cursor()}, mall.context).collect();
  REQUIRE_FALSE(other);
  CHECK(other.error().details().field == "after");
  CHECK_FALSE(mall.engine->listings().products({.page_size = 0}, mall.context).collect());
}

TEST_CASE("a product has the stock of each offer, and adds up only what lies at marketplaces") {
  Mall mall(2);
  mall.bazaar.sell_from({"W"});
  mall.bazaar.hold_fbs("W", {{"a", 7}});
  mall.run(0, {{"a", "x"}}, {{"a", 5}});
  mall.bazaar.hold_fbs("W", {{"c", 7}});
  mall.run(1, {{"c", "x"}}, {{"c", 3}});
  const auto all = mall.engine->listings().products({}, mall.context).collect().value();
  REQUIRE(all.size() == 1);
  const st::Product& product = all.front();
  CHECK(product.fbo.units() == 8);
  CHECK(product.unknown == 0);
  REQUIRE(product.offers.size() == 2);
  for (const st::ProductOffer& one : product.offers) {
    const auto total = mall.engine->stock()
                           .total({.account = one.listed.account, .offer = one.listed.offer.key}, mall.context)
                           .value();
    CHECK(one.stock.on_hand == total.on_hand);
    CHECK(one.stock.fbo == total.fbo);
    CHECK(one.stock.fbs == total.fbs);
    CHECK(one.stock.fbs.units() == 7);
    CHECK(one.stock.positions == total.positions);
    CHECK(one.stock.observed_at == total.observed_at);
  }
}
