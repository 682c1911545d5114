// Products across accounts: the stored ones are those of the rule after every run and decision, and the list finds and
// continues. The same cases on both databases.
#include <functional>
#include <random>
#include <set>
#include <thread>

#include <stocktracker/adapters/sqlite.hpp>

#include "tests/support/bazaar.hpp"
#include "tests/support/house.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/wrapped_storage.hpp"

namespace st = stocktracker;

namespace {

struct Card {
  std::string key, article{}, title{};
  std::vector<std::string> barcodes{};
};

// Counts what is written to the tables of products, and does something after long transactions.
class Counted final : public WrappedStorage {
 public:
  using WrappedStorage::WrappedStorage;
  int writes = 0;
  bool read_only = false;
  std::function<void()> after_bulk;  // what another process does then

 private:
  class Counting final : public st::Transaction {
   public:
    Counting(st::Transaction& tx, int& writes) : tx_(tx), writes_(writes) {}
    st::Result<std::int64_t> execute(const st::Statement& statement, std::span<const st::SqlValue> values) override {
      if (statement.name.starts_with("product.")) ++writes_;
      return tx_.execute(statement, values);
    }
    st::Result<std::unique_ptr<st::RowCursor>> query(const st::Statement& statement,
                                                     std::span<const st::SqlValue> values) override {
      return tx_.query(statement, values);
    }
    st::Result<std::int64_t> bulk_upsert(std::string_view table, st::OnConflict conflict,
                                         std::span<const st::SqlColumn> columns) override {
      if (table == "product_offer" || table == "read_model") ++writes_;
      return tx_.bulk_upsert(table, conflict, columns);
    }
    st::Result<void> savepoint(st::FunctionRef<st::Result<Keep>()> body) override { return tx_.savepoint(body); }

   private:
    st::Transaction& tx_;
    int& writes_;
  };

  st::Result<void> transact(st::Database& plane, const st::CallContext& context, st::TransactMode mode,
                            Body body) override {
    if (read_only && mode != st::TransactMode::read) return st::Errc::store_read_only;
    const auto counted = [&](st::Transaction& tx) -> st::Result<void> {
      Counting counting(tx, writes);
      return body(counting);
    };
    auto done = plane.transact(context, mode, counted);
    if (mode == st::TransactMode::bulk && after_bulk) after_bulk();
    return done;
  }
};

// Sellers at one bazaar, all of them one tenant's.
struct Mall {
  explicit Mall(int sellers) {
    storage = std::make_shared<Counted>(
        House::make_storage ? House::make_storage(place)
                            : st::make_sqlite_storage({.path = ":memory:", .schema = st::schema()}).value());
    engine.emplace(st::open({.storage = storage,
                             .key_file = folder.file("key"),
                             .clock = bazaar.clock,
                             .random = std::make_shared<st::testing::SeededRandom>(5),
                             .executor = st::make_inline_executor(),
                             .connectors = {std::make_shared<BazaarFactory>(bazaar)}})
                       .value());
    if (House::make_storage) context.tenant = engine->tenants().create("anna").value().id;
    for (int n = 0; n < sellers; ++n) {
      bazaar.seller = "s" + std::to_string(n);
      bazaar.clock->advance(std::chrono::seconds(1));  // ids of accounts are ordered by time
      st::Credentials credentials;
      credentials.channel = Bazaar::kChannel;
      credentials.parts.push_back({"key", st::Secret::copy_of("k")});
      accounts.push_back(
          engine->accounts().connect(std::move(credentials), {.label = bazaar.seller}, context).value().id);
    }
  }

  st::SyncRun run(std::size_t seller, const std::vector<Card>& cards, std::map<std::string, std::int64_t> fbo = {},
                  const st::SyncOptions& options = {.accept_mass_zero = true}) {
    bazaar.offers = [&cards](st::OfferSink& sink, const st::CallContext&) -> st::Result<void> {
      for (const Card& card : cards) {
        const std::vector<std::string_view> codes(card.barcodes.begin(), card.barcodes.end());
        st::OfferRow row;
        row.key = card.key, row.article = card.article, row.title = card.title, row.barcodes = codes;
        STK_TRY(sink.offers({&row, 1}));
      }
      return st::success();
    };
    bazaar.hold_fbo(std::move(fbo));
    bazaar.clock->advance(std::chrono::minutes(1));
    auto done = engine->sync().run(accounts[seller], options, context).value();
    REQUIRE(done.state == st::RunState::ok);
    return done;
  }
  st::Result<void> decide(std::size_t seller, const std::string& offer, const std::string& product) {
    return engine->listings().decide(accounts[seller], offer, product, context);
  }
  void undecide(std::size_t seller, const std::string& offer) {
    REQUIRE(engine->listings().undecide(accounts[seller], offer, context));
  }

  [[nodiscard]] std::string name_of(const st::AccountId& account, const std::string& key) const {
    const auto at = std::find(accounts.begin(), accounts.end(), account) - accounts.begin();
    return " " + std::to_string(at) + ":" + key;
  }
  [[nodiscard]] std::string text_of(const st::Product& product) const {
    std::string text = to_string(product.match) + (product.name.empty() ? "" : "(" + product.name + ")");
    for (const auto& one : product.offers) text += name_of(one.listed.account, one.listed.offer.key);
    return text;
  }
  // "barcode 0:a 1:b, none 0:c", in the list's order.
  [[nodiscard]] std::string list(const st::ProductQuery& query = {}) const {
    std::string text;
    const auto all = engine->listings().products(query, context).collect().value();
    for (const auto& one : all) text += (text.empty() ? "" : ", ") + text_of(one);
    return text;
  }
  // The rule over everything, in the same words.
  [[nodiscard]] std::set<std::string> by_rule() const {
    std::set<std::string> all;
    const auto matched = engine->listings().matched(context).value();
    for (const auto& product : matched.matches.products) {
      std::string text = to_string(product.by);
      if (product.by == st::MatchedBy::person) text += "(" + matched.offers[product.offers.front()].product + ")";
      for (const std::size_t n : product.offers) text += name_of(matched.offers[n].account, matched.offers[n].key);
      all.insert(text);
    }
    for (const auto& item : matched.matches.review) {
      all.insert("none" + name_of(matched.offers[item.offer].account, matched.offers[item.offer].key));
    }
    return all;
  }
  void check() const {
    std::set<std::string> stored;
    const auto all = engine->listings().products({}, context).collect().value();
    for (const auto& one : all) CHECK(stored.insert(text_of(one)).second);
    CHECK(stored == by_rule());
    const auto findings = engine->doctor(context).value();
    for (const auto& finding : findings) {
      CAPTURE(finding.detail);
      CHECK((finding.ok || finding.subject != "rows"));
    }
  }
  // What a list says where nothing can be written; nullopt: it is read.
  [[nodiscard]] std::optional<st::Errc> refusal_to_readers() const {
    storage->read_only = true;
    const auto all = engine->listings().products({}, context).collect();
    storage->read_only = false;
    return all ? std::nullopt : std::optional(all.error().errc());
  }
  void forget_products() { change("DELETE FROM product_offer", "DELETE FROM read_model"); }
  // As a process of a version with another rule leaves it.
  void claim_by_another_version() { change("UPDATE read_model SET version = 99", "DELETE FROM product_offer"); }
  void change(const char* one, const char* other) const {
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(tx.execute({"test.change", one}));
      STK_TRY(tx.execute({"test.change_other", other}));
      return st::success();
    };
    const auto database = storage->tenant(context.tenant).value();
    REQUIRE(database->transact(context, st::TransactMode::write, body));
  }

  Bazaar bazaar;
  TempFolder folder;
  std::string place;
  std::shared_ptr<Counted> storage;
  std::optional<st::Engine> engine;
  st::CallContext context;
  std::vector<st::AccountId> accounts;
};

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
  CHECK(st::open({.path = path}).value().listings().recompute_products().value().offers == 1);
  CHECK(read().value().size() == 1);
}

TEST_CASE("products that are computed again are those of the rule, and a reader has them then") {
  Mall mall(2);
  CHECK(mall.engine->listings().recompute_products(mall.context).value().offers == 0);
  mall.run(0, {{"a", "x"}, {"b", "y"}});
  mall.run(1, {{"c", "x"}});
  const std::string all = mall.list();
  const auto again = mall.engine->listings().recompute_products(mall.context).value();
  CHECK(again.offers == 3);
  CHECK(again.changed == 0);
  mall.forget_products();
  CHECK(mall.refusal_to_readers() == st::Errc::store_read_only);
  CHECK(mall.engine->listings().recompute_products(mall.context).value().changed == 3);
  CHECK_FALSE(mall.refusal_to_readers());
  CHECK(mall.list() == all);
  mall.change("UPDATE product_offer SET product_id = 99", "UPDATE product_offer SET matched_by = 0");
  CHECK(mall.list() != all);
  CHECK(mall.engine->listings().recompute_products(mall.context).value().changed == 3);
  CHECK(mall.list() == all);
  mall.check();
}

TEST_CASE("a computation of all products that is stopped changes nothing, and one that ends reports its progress") {
  class Steps final : public st::ProgressSink {
   public:
    void report(const st::Progress& step) override {
      if (step.stage == st::kStageProducts) last = step.done;
      if (stop_at_first) stop.request_stop();
    }
    std::uint64_t last = 0;
    bool stop_at_first = true;
    std::stop_source stop;
  };
  Mall mall(1);
  mall.run(0, {{"a", "x"}, {"b", "y"}});
  mall.forget_products();
  const auto steps = std::make_shared<Steps>();
  st::CallContext context = mall.context;
  context.progress = steps;
  context.stop = steps->stop.get_token();
  const auto stopped = mall.engine->listings().recompute_products(context);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().errc() == st::Errc::cancelled);
  CHECK(mall.refusal_to_readers() == st::Errc::store_read_only);
  steps->stop_at_first = false;
  context.stop = {};
  CHECK(mall.engine->listings().recompute_products(context).value().changed == 2);
  CHECK(steps->last == 2);
}

TEST_CASE("a list that computes the products is complete, also if another version replaces them at once") {
  Mall mall(1);
  mall.run(0, {{"a", "x"}, {"b", "y"}});
  mall.forget_products();
  mall.storage->after_bulk = [&] { mall.claim_by_another_version(); };
  CHECK(mall.list({.page_size = 1}) == "none 0:b, none 0:a");
  CHECK(mall.list() == "none 0:b, none 0:a");
}

TEST_CASE("a cursor of products continues in its own tenant only") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  house.seller(anna, house.first);
  house.seller(boris, house.second);
  const auto engine = house.open(house.first);
  auto pages = engine.listings().products({.page_size = 1}, {.tenant = anna});
  REQUIRE(pages.next());
  const st::ProductQuery rest{.after = pages.cursor()};
  CHECK(engine.listings().products(rest, {.tenant = anna}).collect().value().size() > 10);
  const auto refused = engine.listings().products(rest, {.tenant = boris}).collect();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::invalid_argument);
  CHECK(refused.error().details().field == "after");
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
