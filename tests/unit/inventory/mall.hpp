// Sellers at one bazaar, all of them one tenant's: what tests of stored products begin with.
#pragma once

#include <functional>
#include <map>
#include <set>

#include <stocktracker/adapters/sqlite.hpp>

#include "tests/support/bazaar.hpp"
#include "tests/support/house.hpp"
#include "tests/support/wrapped_storage.hpp"

namespace malls {

namespace st = stocktracker;

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

}  // namespace malls
