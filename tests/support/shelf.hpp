// A store and an engine over it, where a test writes the rows itself: in memory, or what House::make_storage makes.
#pragma once

#include <stocktracker/adapters/sqlite.hpp>

#include "tests/support/house.hpp"

struct Shelf {
  using Rows = std::initializer_list<stocktracker::SqlColumn>;

  Shelf() {
    using namespace stocktracker;
    storage = House::make_storage ? House::make_storage(place)
                                  : make_sqlite_storage({.path = ":memory:", .schema = schema()}).value();
    engine.emplace(open({.storage = storage,
                         .key_file = folder.file("key"),
                         .clock = clock,
                         .random = std::make_shared<testing::SeededRandom>(3),
                         .executor = make_inline_executor()})
                       .value());
    if (House::make_storage) context.tenant = engine->tenants().create("anna").value().id;
  }

  void write(std::string_view table, Rows columns) {
    const auto body = [&](stocktracker::Transaction& tx) -> stocktracker::Result<void> {
      STK_TRY(tx.upsert(table, stocktracker::OnConflict::update, columns));
      return stocktracker::success();
    };
    const auto database = storage->tenant(context.tenant).value();
    REQUIRE(database->transact(context, stocktracker::TransactMode::write, body));
  }
  // Most readers of stock need no row of the account itself.
  void account_row(const std::string& id, const std::string& label = "main") {
    using C = stocktracker::SqlColumn;
    write("account", {C::constant("account_id", id), C::constant("channel", "bazaar"), C::constant("seller_key", label),
                      C::constant("seller_name", label), C::constant("label", label), C::constant("connected_at", 1),
                      C::constant("credential_stamp", "")});
  }
  // Kind 0 is FBO, 1 a seller warehouse, 3 the list of those; state 1 is ok, disposition 2 applied; absent 0 is zero.
  void source(int id, int kind, int state, int disposition, std::optional<int> absent, bool seen = true) {
    using C = stocktracker::SqlColumn;
    const std::string name = (kind == 0 ? "fbo" : "fbs:") + std::to_string(id);
    const stocktracker::SqlValue observed = seen ? stocktracker::SqlValue(now().micros()) : stocktracker::SqlValue();
    write("source", {C::constant("source_id", id), C::constant("account_id", id_text), C::constant("name", name),
                     C::constant("kind", kind), C::constant("state", state), C::constant("disposition", disposition),
                     C::constant("observed_at", observed),
                     C::constant("absent", absent ? stocktracker::SqlValue(*absent) : stocktracker::SqlValue())});
  }
  void offer(int id, const std::string& key, const std::string& article = {}, int state = 1) {
    using C = stocktracker::SqlColumn;
    write("offer", {C::constant("offer_id", id), C::constant("account_id", id_text), C::constant("offer_key", key),
                    C::constant("listing", ""), C::constant("article", article), C::constant("title", ""),
                    C::constant("brand", ""), C::constant("size", ""), C::constant("state", state),
                    C::constant("content_hash", id)});
  }
  void level(int source, int offer, int warehouse, std::optional<std::int64_t> on_hand) {
    using C = stocktracker::SqlColumn;
    write("level",
          {C::constant("source_id", source), C::constant("offer_id", offer), C::constant("warehouse_id", warehouse),
           C::constant("on_hand", on_hand ? stocktracker::SqlValue(*on_hand) : stocktracker::SqlValue()),
           C::constant("state", on_hand ? 1 : 3), C::constant("seq", 1)});
  }
  void line(const std::string& key, const std::string& offer, stocktracker::Instant ordered, std::int64_t quantity = 1,
            const std::string& article = {}, stocktracker::OrderStatus status = stocktracker::OrderStatus::placed) {
    using C = stocktracker::SqlColumn;
    write("order_line",
          {C::constant("account_id", id_text), C::constant("line_key", key), C::constant("order_key", ""),
           C::constant("offer_key", offer), C::constant("listing", ""), C::constant("article", article),
           C::constant("status", static_cast<int>(status)), C::constant("status_text", "new"), C::constant("kind", 0),
           C::constant("warehouse_key", "w"), C::constant("warehouse_name", "Cellar"),
           C::constant("quantity", quantity), C::constant("ordered_at", ordered.micros()),
           C::constant("changed_at", ordered.micros()), C::constant("recorded_at", ordered.micros())});
  }
  void coverage(stocktracker::Instant from, stocktracker::Instant until) {
    using C = stocktracker::SqlColumn;
    write("order_coverage", {C::constant("account_id", id_text), C::constant("from_at", from.micros()),
                             C::constant("until_at", until.micros())});
  }
  [[nodiscard]] stocktracker::Instant now() const { return clock->now(); }

  std::shared_ptr<stocktracker::testing::ManualClock> clock = std::make_shared<stocktracker::testing::ManualClock>(
      stocktracker::Instant::from_seconds(1'795'300'000));  // 2026-11-21T22:26:40Z
  std::string id_text = "01a20a90-0000-7000-8000-00000000000a";
  stocktracker::AccountId account = stocktracker::AccountId::parse(id_text).value();
  TempFolder folder;
  std::string place;
  std::shared_ptr<stocktracker::Storage> storage;
  std::optional<stocktracker::Engine> engine;
  stocktracker::CallContext context;
};
