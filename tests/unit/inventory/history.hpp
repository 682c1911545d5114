// Random small histories of two sellers, written by the engine's own appliers; every reader is compared with the model.
#pragma once

#include <random>

#include "tests/unit/inventory/history_model.hpp"

namespace histories {

class History : public HistoryModel {
 public:
  explicit History(std::uint64_t seed) : random_(static_cast<unsigned>(seed)) {
    shelf_.account_row(texts_[0], "first");
    shelf_.account_row(texts_[1], "second");
    for (int account = 0; account < 2; ++account) {
      for (const char* offer : {"a", "b", "c", "d"}) {
        write_offer(++offers_, account, offer, st::OfferState::listed);
        known_[account].insert(offer);
      }
    }
    for (const auto& [id, source] : kSources) write_source(id, false);
    start_ = now_ = shelf_.now().micros();
    for (int n = 0; n < kMoments; ++n) {
      // Twice of one instant: the later entry counts.
      const bool again = n > 4 && chance(30);
      if (!again) now_ += pick(4);
      step(again ? last_ : n < 5 ? n + 1 : 1 + pick(5));
    }
    shelf_.clock->advance(std::chrono::hours(1));
  }

  void check(const st::PositionQuery& asked) {
    CAPTURE(asked.account.has_value(), asked.offer, asked.article, asked.offers, asked.warehouse,
            asked.kind.has_value(), asked.page_size);
    const auto offset = [&](const auto& at) { return at ? std::to_string(at->micros() - start_) : std::string("any"); };
    INFO("as of " << offset(asked.as_of) << ", known at " << offset(asked.known_at));
    const auto truth = positions(asked);
    seen_ += truth.size();
    const auto rows = by_rows(asked);
    auto sorted = rows;
    std::sort(sorted.begin(), sorted.end());
    CHECK(sorted == truth);
    CHECK(by_columns(asked) == rows);  // in the same order
    CHECK(continued(asked) == rows);
    const auto sum = shelf_.engine->stock().total(asked, shelf_.context).value();
    CHECK(total_line(sum, {sum.fbo.units(), sum.fbs.units(), sum.to_client.units(), sum.from_client.units()}) ==
          total(asked));
    CHECK(sum.on_hand.units() == sum.fbo.units() + sum.fbs.units());
    CHECK((sum.observed_at.has_value() && (asked.as_of || asked.known_at)) == false);
  }
  void check(st::MovementQuery asked) {
    CAPTURE(asked.account.has_value(), asked.offer, asked.article, asked.warehouse);
    const auto truth = movements(asked);
    seen_ += truth.size();
    std::vector<std::string> first;
    for (const int size : {1'000, 1, 2, 3}) {
      CAPTURE(size);
      asked.page_size = size;
      std::vector<std::string> lines;
      const auto all = shelf_.engine->ledger().movements(asked, shelf_.context).collect().value();
      CHECK(continued(asked) == identities(all));
      for (const auto& m : all) {
        CHECK(m.offer.key != "");
        lines.push_back(std::to_string(index_of(m.account)) + " " + m.offer.key + "/" + m.offer.article + " " +
                        to_string(m.warehouse.kind) + "/" + m.warehouse.key + " " + std::to_string(m.seq) + " " +
                        to_string(m.kind) + " " + text(m.before) + ">" + text(m.after) + " " +
                        std::to_string(m.observed_at.micros() - start_) + "/" +
                        std::to_string(m.recorded_at.micros() - start_));
      }
      if (size == 1'000) first = lines;
      CHECK(lines == first);
    }
    std::sort(first.begin(), first.end());
    CHECK(first == truth);
  }
  // How fresh the sums of an account are.
  void check_freshness() const {
    for (int account = 0; account < 2; ++account) {
      std::optional<std::int64_t> oldest = INT64_MAX;
      for (const auto& [id, source] : kSources) {
        if (source.account != account || id == gone_) continue;
        const auto found = last_observed_.find(id);
        if (found == last_observed_.end()) oldest.reset();
        if (oldest && found != last_observed_.end()) oldest = std::min(*oldest, found->second);
      }
      const auto total = shelf_.engine->stock().total(accounts_[account], shelf_.context).value();
      CHECK(total.observed_at.has_value() == oldest.has_value());
      if (oldest && total.observed_at) CHECK(total.observed_at->micros() == *oldest);
    }
  }
  void check_ledger() const {
    const auto check = shelf_.engine->ledger().verify(shelf_.context).value();
    CHECK(check.broken == 0);
    CHECK(check.positions == static_cast<std::int64_t>(cells_.size()));
  }

  // A warehouse that is not listed any more, and an offer that left the catalogue.
  void leave() {
    gone_ = 1 + pick(5);
    write_source(gone_, true);
    vanished_ = {pick(2), "b"};
    write_offer(vanished_.first * 4 + 2, vanished_.first, "b", st::OfferState::vanished);
  }

  [[nodiscard]] std::size_t seen() const { return seen_; }
  [[nodiscard]] int held() const { return held_; }
  int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

 private:
  bool chance(int percent) { return pick(100) < percent; }

  void write_offer(int id, int account, const std::string& key, st::OfferState state) {
    using C = st::SqlColumn;
    const std::string article = article_of(key);
    const std::string listing = "L" + key;
    shelf_.write("offer",
                 {C::constant("offer_id", id), C::constant("account_id", texts_[account]),
                  C::constant("offer_key", key), C::constant("listing", listing), C::constant("article", article),
                  C::constant("title", ""), C::constant("brand", ""), C::constant("size", ""),
                  C::constant("state", static_cast<int>(state)), C::constant("content_hash", id)});
  }
  void write_source(int id, bool gone) {
    using C = st::SqlColumn;
    const auto observed = last_observed_.find(id);
    const std::string name = "source" + std::to_string(id);
    shelf_.write("source",
                 {C::constant("source_id", id), C::constant("account_id", texts_[kSources.at(id).account]),
                  C::constant("name", name), C::constant("kind", static_cast<int>(kSources.at(id).kind)),
                  C::constant("state", gone ? 6 : 1), C::constant("disposition", 2),
                  C::constant("observed_at",
                              observed == last_observed_.end() ? st::SqlValue() : st::SqlValue(observed->second))});
  }

  [[nodiscard]] std::vector<std::string> lines_of(const std::vector<st::StockPosition>& all) const {
    const auto units = [](const std::optional<st::Quantity>& q) { return q ? Units(q->units()) : Units(); };
    std::vector<std::string> lines;
    for (const auto& p : all) {
      CHECK(p.asked_at == shelf_.now());
      lines.push_back(position_line(
          index_of(p.account), p.kind, p.offer.key, p.offer.article, p.warehouse.kind, p.warehouse.key, p.state,
          {units(p.on_hand), units(p.reserved), units(p.to_client), units(p.from_client)}, p.observed_at.micros()));
    }
    return lines;
  }
  [[nodiscard]] std::vector<std::string> by_rows(const st::PositionQuery& query) const {
    return lines_of(shelf_.engine->stock().positions(query, shelf_.context).collect().value());
  }
  // The same, by lists that each read some rows and continue after the cursor of the one before.
  [[nodiscard]] std::vector<std::string> continued(st::PositionQuery query) const {
    std::vector<st::StockPosition> all;
    const std::size_t some = static_cast<std::size_t>(std::min(query.page_size, 5)) + 1;
    while (true) {
      auto pages = shelf_.engine->stock().positions(query, shelf_.context);
      for (std::size_t n = 0; n < some; ++n) {
        auto row = pages.next();
        if (!row) return lines_of(all);
        all.push_back(std::move(*row).value());
      }
      query.after = pages.cursor();
    }
  }
  static std::vector<std::string> identities(const std::vector<st::Movement>& all) {
    std::vector<std::string> lines;
    for (const auto& m : all) {
      lines.push_back(m.account.text() + " " + m.offer.key + " " + m.warehouse.key + " " + std::to_string(m.seq));
    }
    return lines;
  }
  [[nodiscard]] std::vector<std::string> continued(st::MovementQuery query) const {
    std::vector<st::Movement> all;
    const std::size_t some = static_cast<std::size_t>(std::min(query.page_size, 6)) + 1;
    while (true) {
      auto pages = shelf_.engine->ledger().movements(query, shelf_.context);
      for (std::size_t n = 0; n < some; ++n) {
        auto row = pages.next();
        if (!row) return identities(all);
        all.push_back(std::move(*row).value());
      }
      query.after = pages.cursor();
    }
  }
  [[nodiscard]] std::vector<std::string> by_columns(const st::PositionQuery& query) const {
    const auto c = shelf_.engine->stock().columns(query, shelf_.context).value();
    const auto units = [](const st::QuantityColumn& column, std::size_t row) {
      return column.unknown.at(row) != 0 ? Units() : Units(column.units.at(row));
    };
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < c.rows(); ++i) {
      const auto& offer = c.offers.at(c.offer.at(i));
      const auto& warehouse = c.warehouses.at(c.warehouse.at(i));
      lines.push_back(
          position_line(index_of(c.accounts.at(c.account.at(i))), static_cast<st::StockKind>(c.kind.at(i)), offer.key,
                        offer.article, warehouse.kind, warehouse.key, static_cast<st::PositionState>(c.state.at(i)),
                        {units(c.on_hand, i), units(c.reserved, i), units(c.to_client, i), units(c.from_client, i)},
                        c.observed_at.at(i)));
    }
    CHECK(c.asked_at == shelf_.now());
    return lines;
  }

  // An answer of one source, to the store and to the model.
  void step(int id) {
    last_ = id;
    const Source& source = kSources.at(id);
    const auto kind = source.kind == st::StockKind::fbo ? st::WarehouseKind::marketplace : st::WarehouseKind::seller;
    st::StockCells columns;
    std::vector<std::string> warehouses{source.kind == st::StockKind::fbo ? "w1" : "w" + std::to_string(id)};
    if (source.kind == st::StockKind::fbo) warehouses.push_back("w2");  // of the sellers' ones, one has this key too
    for (const auto& key : warehouses) columns.warehouses.push_back({key, key, "", kind});
    const bool reserved = chance(50);
    const bool transit = chance(50);
    std::vector<Row> rows;
    for (const char* offer : {"a", "b", "c", "d", "e", "f"}) {
      for (std::size_t w = 0; w < warehouses.size(); ++w) {
        if (chance(40)) continue;
        const Row row{offer, warehouses[w], pick(4), pick(3), pick(3), pick(3)};
        rows.push_back(row);
        columns.offer.push(std::string_view(row.offer));
        columns.warehouse.push_back(static_cast<std::uint32_t>(w));
        columns.on_hand.push_back(row.on_hand);
        if (reserved) columns.reserved.push_back(row.reserved);
        if (transit) columns.to_client.push_back(row.to_client);
        if (transit) columns.from_client.push_back(row.from_client);
      }
    }
    std::optional<std::vector<std::string>> asked;
    if (source.kind == st::StockKind::fbs && chance(70)) {
      asked.emplace();
      for (const char* offer : {"f", "d", "b", "a", "e"}) {
        if (chance(60)) asked->push_back(offer);
      }
    }
    std::vector<std::string> odd;
    if (chance(20)) odd = {"d", "a"};
    std::string unplaced;
    if (chance(20)) unplaced = "b";
    if (!unplaced.empty()) columns.unplaced.push("L" + unplaced);

    inventory::StockAnswer answer;
    answer.account = accounts_[source.account];
    answer.source_id = id;
    answer.columns = &columns;
    answer.absent = source.absent;
    if (asked) answer.asked = std::span<const std::string>(*asked);
    answer.odd = odd;
    answer.silence_means_nothing = chance(10);
    answer.hold_if_zeroing = chance(15);
    answer.accept_mass_zero = true;
    const bool late = last_observed_.count(id) != 0 && chance(10);
    answer.observed_at = st::Instant::from_micros(late ? last_observed_[id] - 1 : now_);
    answer.recorded_at = st::Instant::from_micros(now_ + pick(4));
    answer.run_no = 1;
    if (last_observed_.count(id) != 0) answer.last_observed_at = st::Instant::from_micros(last_observed_[id]);
    inventory::StockApplied applied;
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto index, inventory::load_offer_index(tx, answer.account, false));
      STK_TRY(applied, inventory::apply_stock(tx, answer, index));
      return st::success();
    };
    REQUIRE(
        shelf_.storage->tenant(shelf_.context.tenant).value()->transact(shelf_.context, st::TransactMode::write, body));
    CHECK(applied.too_old == late);
    held_ += applied.held ? 1 : 0;
    if (applied.held || applied.too_old) return;
    last_observed_[id] = answer.observed_at.micros();
    write_source(id, false);
    std::set<std::string> open(odd.begin(), odd.end());
    if (!unplaced.empty()) open.insert(unplaced);
    model(id, kind, rows, reserved, transit, asked, open, answer);
  }

  std::mt19937 random_;
  Shelf shelf_;
  int offers_ = 0;
  int last_ = 0;
  std::size_t seen_ = 0;
  int held_ = 0;
};

}  // namespace histories
