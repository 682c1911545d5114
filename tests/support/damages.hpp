// A store that the engine filled, and everything that one thing at a time does to it past the library: the same on
// every database. A stock that is wrong and not noticed is sold.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/yandex_market.hpp>

#include "tests/support/house.hpp"

namespace damages {

namespace st = stocktracker;
using namespace std::chrono_literals;

// One seller on three marketplaces, some days of stock, orders, prices, and everything that a person decides. What
// derives from it keeps a copy of each table under the schema `sound`.
class Ward {
 public:
  Ward() : world_(options()) {}
  Ward(const Ward&) = delete;
  Ward& operator=(const Ward&) = delete;
  virtual ~Ward() = default;

  // What the doctor says of the store with this damage, and as it was before again afterwards.
  std::vector<st::StorageFinding> after(const std::string& sql) {
    INFO(sql);
    damage(sql);
    auto findings = faults();
    restore();
    return findings;
  }
  // The same, after the products were computed again.
  std::vector<st::StorageFinding> after_recomputing(const std::string& sql) {
    INFO(sql);
    damage(sql);
    const auto report = engine_->listings().recompute_products(context_);
    REQUIRE(report);
    CHECK(report.value().changed > 0);
    CHECK(engine_->listings().recompute_products(context_).value().changed == 0);
    auto findings = faults();
    restore();
    return findings;
  }
  st::LedgerCheck verify_after(const std::string& sql) {
    run(sql);
    return engine_->ledger().verify(context_).value();
  }
  std::vector<st::StorageFinding> findings() { return engine_->doctor().value(); }

  // Names of rows that stand for one another in what a case says.
  [[nodiscard]] std::string filled(std::string text) const {
    for (const auto& [name, value] : names_) {
      for (auto at = text.find(name); at != std::string::npos; at = text.find(name))
        text.replace(at, name.size(), value);
    }
    return text;
  }
  std::int64_t count(const std::string& table) {
    return std::stoll(text("SELECT CAST(count(*) AS TEXT) FROM " + table));
  }
  // Whether the column has room for such a number.
  virtual bool has_room([[maybe_unused]] const std::string& table, [[maybe_unused]] const st::Column& column,
                        [[maybe_unused]] std::int64_t value) {
    return true;
  }
  virtual void run(const std::string& sql) = 0;
  virtual std::string text(const std::string& sql) = 0;  // of one row and one column

 protected:
  virtual void damage(const std::string& sql) { run(sql); }
  [[nodiscard]] virtual std::string place() const = 0;  // of the tables: a schema and a dot

  [[nodiscard]] st::testing::World& world() { return world_; }
  void fill(st::Engine engine, st::CallContext context) {
    engine_.emplace(std::move(engine));
    context_ = std::move(context);
    const auto connect = [&](st::Credentials credentials) {
      return engine_->accounts().connect(std::move(credentials), {}, context_).value().id;
    };
    const std::vector accounts{
        connect(st::wildberries::credentials(world_.token(st::Channel::wildberries))),
        connect(st::ozon::credentials(world_.seller(st::Channel::ozon), world_.token(st::Channel::ozon))),
        connect(st::yandex_market::credentials(world_.token(st::Channel::yandex_market)))};
    world_.run_for(3 * 24h, st::testing::every(8h), [&] {
      for (const auto& account : accounts) {
        REQUIRE(engine_->sync().run(account, {.orders = true, .prices = true}, context_).value().state ==
                st::RunState::ok);
      }
    });
    const auto first = engine_->stock().positions({.account = accounts[0]}, context_).collect().value().front();
    REQUIRE(engine_->listings().decide(accounts[0], first.offer.key, "one product", context_));
    REQUIRE(engine_->analytics().set_low_stock(accounts[0], first.offer.key, 3, context_));
    REQUIRE(engine_->ledger().retain(world_.clock()->now() - 60h, context_).value().opened > 0);
  }
  std::vector<st::StorageFinding> faults() {
    auto findings = engine_->doctor().value();
    std::erase_if(findings, [](const st::StorageFinding& one) { return one.ok; });
    return findings;
  }
  void restore() {
    std::string sql = "BEGIN";
    for (const auto& table : tables()) {
      sql += "; DELETE FROM " + place() + table + "; INSERT INTO " + place() + table + " SELECT * FROM sound." + table;
    }
    run(sql + "; COMMIT");
  }
  static std::vector<std::string> tables() {
    std::vector<std::string> names;
    const auto schema = st::schema();
    for (const auto& table : schema.tables) {
      if (table.plane == st::Plane::tenant) names.emplace_back(table.table);
    }
    return names;
  }
  // A position with three entries, the second and the third of which move goods; and another account's offer.
  void choose() {
    run("CREATE TABLE sound.chosen AS SELECT l.source_id, l.offer_id, l.warehouse_id, o.account_id, o.offer_key, "
        "w.warehouse_key, w.name FROM level l JOIN offer o ON o.offer_id = l.offer_id "
        "JOIN warehouse w ON w.warehouse_id = l.warehouse_id WHERE l.seq >= 3 AND NOT EXISTS (SELECT 1 FROM ledger g "
        "WHERE g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id AND g.before_qty = g.after_qty) AND "
        "(SELECT count(*) FROM ledger g WHERE g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id) = l.seq "
        "LIMIT 1");
    const auto field = [&](const std::string& what) {
      return text("SELECT CAST(" + what + " AS TEXT) FROM sound.chosen");
    };
    names_ = {{"{S}", field("source_id")},  {"{O}", field("offer_id")},  {"{W}", field("warehouse_id")},
              {"{A}", field("account_id")}, {"{K}", field("offer_key")}, {"{WK}", field("warehouse_key")},
              {"{WN}", field("name")}};
    names_.emplace_back("{SN}", text(filled("SELECT name FROM source WHERE source_id = {S}")));
    names_.emplace_back("{S2}",
                        text(filled("SELECT CAST(min(source_id) AS TEXT) FROM source WHERE account_id = '{A}' AND "
                                    "kind <= 1 AND source_id <> {S}")));
    const std::string other = " FROM offer WHERE account_id <> '{A}' ORDER BY offer_id LIMIT 1";
    names_.emplace_back("{O2}", text(filled("SELECT CAST(offer_id AS TEXT)" + other)));
    names_.emplace_back("{K2}", text(filled("SELECT offer_key" + other)));
    names_.emplace_back("{A2}", text(filled("SELECT account_id" + other)));
    names_.emplace_back("{S3}",
                        text(filled("SELECT CAST(min(source_id) AS TEXT) FROM source WHERE account_id = '{A2}'")));
    names_.emplace_back("{L}", text("SELECT min(line_key) FROM order_line WHERE price_minor IS NOT NULL"));
    names_.emplace_back("{LA}", text(filled("SELECT account_id FROM order_line WHERE line_key = '{L}'")));
    names_.emplace_back("{P}", text(filled("SELECT min(offer_key) FROM price WHERE account_id = '{A}'")));
    names_.emplace_back("{here}", filled("offer_id = {O} AND warehouse_id = {W}"));
    names_.emplace_back("{who}", filled("account {A}, offer {K}, warehouse {WK} ({WN}): "));
    names_.emplace_back("{row}",
                        filled("source {SN} of account {A}, offer {K} of account {A}, warehouse {WK} of account {A}"));
  }

 private:
  static st::testing::WorldOptions options() {
    st::testing::WorldOptions made{.seed = 7, .offers = 25, .orders_per_offer_day_x100 = 90};
    made.channels = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market};
    return made;
  }
  st::testing::World world_;
  std::optional<st::Engine> engine_;
  st::CallContext context_;
  std::vector<std::pair<std::string, std::string>> names_;
};

struct Damage {
  const char* sql;
  const char* ledger;  // what the finding must say; empty: it is sound
  const char* rows;
};

// Everything that one thing at a time can do to the history of a position, and the first thing that it is known by.
inline const std::vector<Damage> kDamages{
    {"UPDATE level SET on_hand = on_hand + 1 WHERE {here}", "{who}the last after is not the level", ""},
    {"UPDATE level SET on_hand = NULL WHERE {here}", "{who}the last after is not the level",
     "level, {row}: it is known, and has no value"},
    {"UPDATE level SET on_hand = NULL, state = 2 WHERE {here}", "{who}the last after is not the level", ""},
    {"UPDATE level SET seq = seq + 1 WHERE {here}", "{who}the level names another seq", ""},
    {"UPDATE level SET seq = seq - 1 WHERE {here}", "{who}the level names another seq", ""},
    {"UPDATE level SET reserved = -1 WHERE {here}", "", "level, {row}: a quantity is negative"},
    {"UPDATE level SET to_client = -1 WHERE {here}", "", "level, {row}: a quantity is negative"},
    {"UPDATE level SET from_client = -1 WHERE {here}", "", "level, {row}: a quantity is negative"},
    {"UPDATE level SET on_hand = -1 WHERE {here}", "{who}the last after is not the level",
     "level, {row}: a quantity is negative"},
    {"DELETE FROM level WHERE {here}", "{who}there is no level", ""},
    {"UPDATE level SET source_id = {S2} WHERE {here}", "{who}the level is of another source than its warehouse", ""},
    {"UPDATE level SET source_id = {S3} WHERE {here}", "{who}there is no level", "it mixes accounts"},
    {"UPDATE warehouse SET source_id = {S3} WHERE warehouse_id = {W}", "{who}there is no level",
     "warehouse, warehouse {WK} of account {A}: its source is another account's"},
    {"DELETE FROM ledger WHERE {here}", "{who}the level has no entry", ""},
    {"DELETE FROM ledger WHERE {here} AND seq = 1", "{who}seq jumps from 0 to 2", ""},
    {"DELETE FROM ledger WHERE {here} AND seq = 2", "{who}seq jumps from 1 to 3", ""},
    {"DELETE FROM ledger WHERE {here} AND seq = (SELECT max(seq) FROM ledger WHERE {here})",
     "{who}the last after is not the level", ""},
    {"DROP INDEX IF EXISTS ledger_identity; INSERT INTO ledger (offer_id, warehouse_id, observed_at, seq, kind, "
     "before_qty, after_qty, recorded_at, run_no, cause) SELECT offer_id, warehouse_id, observed_at + 1, seq, "
     "kind, "
     "before_qty, after_qty, recorded_at, run_no, cause FROM ledger WHERE {here} AND seq = 2",
     "{who}seq jumps from 2 to 2", ""},
    {"UPDATE ledger SET before_qty = before_qty + 1 WHERE {here} AND seq = 2",
     "{who}before of seq 2 is not the previous after", ""},
    {"UPDATE ledger SET before_qty = NULL WHERE {here} AND seq = 2", "{who}before of seq 2 is not the previous after",
     ""},
    {"UPDATE ledger SET before_qty = 0 WHERE {here} AND seq = 1", "{who}before of seq 1 is not the previous after", ""},
    {"UPDATE ledger SET after_qty = after_qty + 1 WHERE {here} AND seq = 2",
     "{who}before of seq 3 is not the previous after", ""},
    {"UPDATE ledger SET after_qty = NULL WHERE {here} AND seq = (SELECT max(seq) FROM ledger WHERE {here})",
     "{who}the last after is not the level", ""},
    {"UPDATE ledger SET before_qty = -1 WHERE {here} AND seq = 2", "{who}before of seq 2 is not the previous after",
     "ledger, offer {K} of account {A}, warehouse {WK} of account {A}, seq 2: a quantity is negative"},
    {"UPDATE ledger SET observed_at = observed_at - 864000000000 WHERE {here} AND seq = 2",
     "{who}seq 2 was observed before the previous", ""},
    {"UPDATE ledger SET offer_id = {O2} WHERE {here}",
     "account {A2}, offer {K2}, warehouse {WK} ({WN}): there is no level",
     "ledger, offer {K2} of account {A2}, warehouse {WK} of account {A}, seq 1: it mixes accounts"},
    {"UPDATE ledger SET run_no = 999999 WHERE {here} AND seq = 2", "",
     "ledger, offer {K} of account {A}, warehouse {WK} of account {A}, seq 2: there is no such run"},
    {"DELETE FROM offer WHERE offer_id = {O}", "", "level, source {SN} of account {A}, offer row {O}, "},
    {"DELETE FROM warehouse WHERE warehouse_id = {W}", "warehouse row {W}: there is no level",
     "offer {K} of account {A}, warehouse row {W}: there is no such warehouse"},
    {"DELETE FROM account WHERE account_id = '{A}'", "",
     "source, source {SN} of account {A}: there is no such account"},
    {"UPDATE lease SET holder = 'run of another store' WHERE account_id = '{A}'", "",
     "lease, account {A}: the run that holds it is not there"},
    {"UPDATE lease SET holder = (SELECT holder FROM lease WHERE account_id = '{A2}') WHERE account_id = '{A}'", "",
     "lease, account {A}: the run that holds it is not there"},
    {"UPDATE source SET observed_at = NULL WHERE source_id = {S}", "",
     "source, source {SN} of account {A}: it was applied, and never observed"},
    {"UPDATE source SET observed_at = NULL WHERE account_id = '{A}' AND name = 'warehouses'", "",
     "source, source warehouses of account {A}: it was applied, and never observed"},
    {"UPDATE order_line SET quantity = 0 WHERE line_key = '{L}'", "",
     "order_line, account {LA}, line_key {L}: it orders nothing"},
    {"UPDATE order_line SET currency = NULL WHERE line_key = '{L}'", "",
     "order_line, account {LA}, line_key {L}: its price has no currency"},
    {"UPDATE order_coverage SET from_at = until_at + 1 WHERE account_id = '{A}'", "",
     "order_coverage, account {A}: it ends before it begins"},
    {"UPDATE price SET currency = '' WHERE account_id = '{A}' AND offer_key = '{P}'", "",
     "price, account {A}, offer_key {P}: it has no currency"},
    {"UPDATE offer_link SET offer_key = 'nobody'", "", "offer_key nobody: there is no such offer"},
    {"UPDATE product_offer SET product_id = product_id + 1 WHERE offer_id = {O}", "",
     "product_offer, account {A}, offer {K}: product"},
    {"UPDATE product_offer SET account_id = '{A2}' WHERE offer_id = {O}", "",
     "product_offer, offer {K} of account {A}: it mixes accounts"},
    {"DELETE FROM product_offer WHERE offer_id = {O}", "", "product_offer, account {A}, offer {K}: no row is stored"},
    {"UPDATE product_offer SET offer_id = 999999 WHERE offer_id = {O}", "",
     "product_offer, offer row 999999: there is no such offer"},
    {"UPDATE offer_threshold SET offer_key = 'nobody'", "", "offer_key nobody: there is no such offer"},
    {"UPDATE offer_threshold SET low_stock = -1", "", ": it is negative"},
};

inline std::string said(const std::vector<st::StorageFinding>& findings, const std::string& subject) {
  for (const auto& finding : findings) {
    if (finding.subject == subject) return finding.detail;
  }
  return {};
}

inline void check_each(Ward& ward) {
  const auto before = ward.findings();
  for (const auto& finding : before) {
    CAPTURE(finding.subject, finding.detail);
    CHECK(finding.ok);  // or the sound store is not
  }
  for (const Damage& damage : kDamages) {
    const auto findings = ward.after(ward.filled(damage.sql));
    CAPTURE(damage.sql);
    const auto check = [&](const char* subject, const std::string& expected) {
      const std::string detail = said(findings, subject);
      CAPTURE(subject, detail, expected);
      CHECK(detail.empty() == expected.empty());
      CHECK(detail.find(expected) != std::string::npos);
    };
    check("ledger", ward.filled(damage.ledger));
    check("rows", ward.filled(damage.rows));
    const std::string rows = said(findings, "rows");
    const bool named = rows.find("product_offer, ") != std::string::npos;
    CHECK((rows.find("stocktracker doctor --repair") != std::string::npos) == named);
    if (std::string_view(damage.sql).find("product_offer") != std::string_view::npos) {
      CHECK(named);
      CHECK(ward.after_recomputing(ward.filled(damage.sql)).empty());
    }
    for (const auto& finding : findings) {
      CAPTURE(finding.subject);
      const bool expected = finding.subject == "ledger" || finding.subject == "rows";
      CHECK(expected);
    }
  }
  const auto afterwards = ward.findings();
  for (const auto& finding : afterwards) CHECK(finding.ok);
}

inline void check_columns(Ward& ward) {
  std::size_t tried = 0;
  const auto schema = st::schema();
  for (const auto& table : schema.tables) {
    if (table.plane != st::Plane::tenant) continue;
    const std::string name(table.table);
    std::string key;
    for (const auto& column : table.key) key += (key.empty() ? "" : ", ") + std::string(column);
    const auto try_it = [&](const std::string& column, const std::string& value, const std::string& why) {
      INFO(name << "." << column << " = " << value);
      REQUIRE(ward.count(name) > 0);  // a table without a row shows nothing
      const std::string where = " WHERE (" + key + ") IN (SELECT " + key + " FROM " + name + " LIMIT 1)";
      const auto findings = ward.after("UPDATE " + name + " SET " + column + " = " + value + where);
      const std::string detail = said(findings, "rows");
      CAPTURE(detail);
      const bool named = detail.find(" " + name + ", ") != std::string::npos;
      CHECK(named);
      CHECK(detail.find(": " + why) != std::string::npos);
      ++tried;
    };
    for (const auto& column : table.columns) {
      const std::string of =
          std::string(column.name) == "account_id" && name != "account" ? "account" : std::string(column.references);
      const bool text = column.type == st::Column::Type::text;
      if (!of.empty()) try_it(std::string(column.name), text ? "'nobody'" : "999999", "there is no such " + of);
      if (column.lowest != INT64_MIN && ward.has_room(name, column, column.lowest - 1)) {
        try_it(std::string(column.name), std::to_string(column.lowest - 1),
               std::string(column.name) + " has no meaning");
      }
      if (column.highest != INT64_MAX && ward.has_room(name, column, column.highest + 1)) {
        try_it(std::string(column.name), std::to_string(column.highest + 1),
               std::string(column.name) + " has no meaning");
      }
    }
  }
  CHECK(tried > 80);
}

}  // namespace damages
