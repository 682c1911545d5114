// A seller whose every page and every transaction is a step, at which a test lets something happen: another run, a
// stop, the end of the time or of the process.
#pragma once

#include <deque>
#include <utility>

#include <stocktracker/adapters/sqlite.hpp>

#include "tests/support/bazaar.hpp"
#include "tests/support/wrapped_storage.hpp"

// What a run has come to. Not thread-safe: the engines of these tests work on one thread.
struct Steps {
  bool counting = false;
  bool dead = false;  // nothing that the process does from here on is done
  std::vector<std::string> names;
  std::size_t at = SIZE_MAX;
  std::function<void()> act;

  void reached(std::string name) {
    if (!counting || dead) return;
    names.push_back(std::move(name));
    if (names.size() - 1 == at && act) std::exchange(act, nullptr)();
  }
  [[nodiscard]] std::size_t index_of(const std::string& name) const {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  }
};

// Before and after each transaction is a step of the run.
class RunStorage final : public WrappedStorage {
 public:
  RunStorage(std::shared_ptr<stocktracker::Storage> storage, Steps& steps)
      : WrappedStorage(std::move(storage)), steps_(steps) {}

 private:
  stocktracker::Result<void> transact(stocktracker::Database& plane, const stocktracker::CallContext& context,
                                      stocktracker::TransactMode mode, Body body) override {
    using stocktracker::TransactMode;
    std::string name = mode == TransactMode::read ? "read" : mode == TransactMode::write ? "write" : "commit";
    if (plane.plane() == stocktracker::Plane::control) name = "hint";
    steps_.reached("before " + name);
    if (steps_.dead) return stocktracker::Errc::io_failed;
    auto done = plane.transact(context, mode, body);
    steps_.reached("after " + name);
    if (steps_.dead) return stocktracker::Errc::io_failed;
    return done;
  }

  Steps& steps_;
};

// Every row of the tenant's plane, by table, but for those that `without` names.
inline std::map<std::string, std::vector<std::string>> stored_rows(stocktracker::Storage& storage,
                                                                   const std::vector<std::string>& without = {}) {
  using namespace stocktracker;
  static std::map<std::string, std::string> texts;  // a statement's text is static
  std::map<std::string, std::vector<std::string>> all;
  for (const TableKey& table : schema().tables) {
    const std::string name(table.table);
    if (table.plane != Plane::tenant || std::find(without.begin(), without.end(), name) != without.end()) continue;
    std::string& sql = texts[name];
    if (sql.empty()) {
      for (const Column& column : table.columns) sql += (sql.empty() ? "SELECT " : ", ") + std::string(column.name);
      sql += " FROM " + name;
    }
    std::vector<std::string>& rows = all[name];
    const auto read = [&](Transaction& tx) -> Result<void> {
      rows.clear();
      STK_TRY(auto cursor, tx.query({"test.rows", sql}));
      while (true) {
        STK_TRY(const bool more, cursor->next());
        if (!more) return success();
        std::string row;
        for (int i = 0; i < static_cast<int>(table.columns.size()); ++i) {
          row += cursor->is_null(i) ? "null|" : std::string(cursor->text(i)) + "|";
        }
        rows.push_back(std::move(row));
      }
    };
    REQUIRE(storage.tenant({}).value()->transact({}, TransactMode::read, read));
    std::sort(rows.begin(), rows.end());
  }
  return all;
}

// One process with an engine of its own over a store that others may use as well. Its lists come in pages of one row,
// each a step; every number in them follows from `amount`.
struct Trader {
  Trader(const std::shared_ptr<stocktracker::Storage>& storage,
         std::shared_ptr<stocktracker::testing::ManualClock> clock, const std::string& key_file, std::int64_t number,
         std::int64_t amount_of_it, std::string seller = "b1")
      : amount(amount_of_it) {
    bazaar.clock = std::move(clock);
    bazaar.seller = std::move(seller);
    furnish();
    engine.emplace(stocktracker::open({.storage = std::make_shared<RunStorage>(storage, steps),
                                       .key_file = key_file,
                                       .clock = bazaar.clock,
                                       .random = std::make_shared<stocktracker::testing::SeededRandom>(
                                           static_cast<std::uint64_t>(number)),
                                       .executor = stocktracker::make_inline_executor(),
                                       .connectors = {std::make_shared<BazaarFactory>(bazaar)}})
                       .value());
  }
  stocktracker::AccountId connect() {
    stocktracker::Credentials credentials;
    credentials.channel = Bazaar::kChannel;
    credentials.parts.push_back({"key", stocktracker::Secret::copy_of("k")});
    return engine->accounts().connect(std::move(credentials)).value().id;
  }
  stocktracker::Result<stocktracker::SyncRun> sync(const stocktracker::AccountId& account,
                                                   const stocktracker::CallContext& context = {}) {
    stocktracker::SyncOptions options;
    options.orders = options.prices = true;
    options.lease = lease;
    return engine->sync().run(account, options, context);
  }
  // The same, with its steps counted, and `act` done before step `at`.
  stocktracker::Result<stocktracker::SyncRun> sync_stepwise(const stocktracker::AccountId& account, std::size_t at,
                                                            std::function<void()> act,
                                                            const stocktracker::CallContext& context = {}) {
    steps.names.clear();
    steps.at = at;
    steps.act = std::move(act);
    steps.counting = true;
    auto run = sync(account, context);
    steps.counting = false;
    return run;
  }

  Bazaar bazaar;
  Steps steps;
  std::int64_t amount;
  stocktracker::Duration pace = std::chrono::seconds(2);  // that a page takes
  stocktracker::Duration lease = std::chrono::seconds(15);
  std::optional<stocktracker::Engine> engine;

 private:
  stocktracker::Result<void> page(const std::string& name, const stocktracker::CallContext& context) {
    if (!steps.counting) return stocktracker::success();
    bazaar.clock->advance(pace);
    steps.reached(name);
    if (steps.dead) return stocktracker::Errc::io_failed;
    return context.check(bazaar.clock->now());
  }
  // What came is whole: a connector looks at its context before requests only.
  stocktracker::Result<void> end_of(const std::string& name) {
    steps.reached(name + " read");
    if (steps.dead) return stocktracker::Errc::io_failed;
    return stocktracker::success();
  }
  void furnish() {
    using namespace stocktracker;
    bazaar.offers = [this](OfferSink& sink, const CallContext& context) -> Result<void> {
      const std::string title = "mug " + std::to_string(amount);
      for (const char* key : {"A", "B"}) {
        STK_TRY(page("catalogue", context));
        OfferRow row;
        row.key = row.article = key;
        row.title = title;
        STK_TRY(sink.offers({&row, 1}));
      }
      return end_of("catalogue");
    };
    bazaar.warehouses = [this](WarehouseSink& sink, const CallContext& context) -> Result<void> {
      for (const char* key : {"w1", "w2"}) {
        STK_TRY(page("warehouses", context));
        const WarehouseRow row{key, key, true};
        STK_TRY(sink.warehouses({&row, 1}));
      }
      return end_of("warehouses");
    };
    hold("", "fbo", {"A", "B"});
    hold("w1", "fbs:w1", {"A"});
    hold("w2", "fbs:w2", {"B"});
    bazaar.prices = [this](PriceSink& sink, const CallContext& context) -> Result<void> {
      for (const char* key : {"A", "B"}) {
        STK_TRY(page("prices", context));
        const PriceRow row{key, Money(amount * 100, Currency::rub()), std::nullopt, std::nullopt};
        STK_TRY(sink.prices({&row, 1}));
      }
      return end_of("prices");
    };
    bazaar.orders = [this](const OrderQuery& query, OrderSink& sink,
                           const CallContext& context) -> Result<OrderCoverage> {
      const Instant asked = bazaar.clock->now();
      for (const char* key : {"o1", "o2"}) {
        STK_TRY(page("orders", context));
        OrderLineRow row;
        row.key = row.order = key;
        row.offer = "A";
        row.quantity = amount;
        row.ordered_at = Instant::from_seconds(1'795'300'000);
        row.changed_at = asked;
        STK_TRY(sink.lines({&row, 1}));
      }
      STK_TRY(end_of("orders"));
      return OrderCoverage{query.since, asked};
    };
  }
  void hold(const std::string& warehouse, const std::string& source, const std::vector<std::string>& keys) {
    using namespace stocktracker;
    bazaar.stock[warehouse] = [=, this](const StockQuery&, StockSink& sink,
                                        const CallContext& context) -> Result<void> {
      const bool fbo = warehouse.empty();
      for (const std::string& key : keys) {
        STK_TRY(page(source, context));
        STK_TRY(sink.rows(Bazaar::page(fbo ? "M" : warehouse, fbo ? WarehouseKind::marketplace : WarehouseKind::seller,
                                       {{key, amount}})));
      }
      return end_of(source);
    };
  }
};
