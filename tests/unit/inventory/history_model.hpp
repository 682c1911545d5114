// A plain model of the stock of two sellers: what each source said and when. history.hpp writes the same to a store.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "inventory/stock_apply.hpp"
#include "tests/support/shelf.hpp"

namespace histories {

namespace st = stocktracker;
namespace inventory = stocktracker::inventory;
using Units = std::optional<std::int64_t>;

inline std::string text(const Units& units) { return units ? std::to_string(*units) : "?"; }

struct Entry {
  std::int64_t seq;
  st::MovementKind kind;
  Units before;
  Units after;
  std::int64_t observed;
  std::int64_t recorded;
};

struct Cell {
  Units on_hand, reserved, to_client, from_client;
  st::PositionState state = st::PositionState::known;
  std::vector<Entry> entries;
};

struct Place {
  int source = 0;
  std::string offer;
  st::WarehouseKind kind = st::WarehouseKind::marketplace;
  std::string warehouse;
  friend auto operator<=>(const Place&, const Place&) = default;
};

struct Row {
  std::string offer, warehouse;
  std::int64_t on_hand, reserved, to_client, from_client;
};

// Sources 1 and 4 are the marketplaces' stock of the sellers; the others are the sellers' own warehouses.
struct Source {
  int account;
  st::StockKind kind;
  st::Absent absent;
};
inline const std::map<int, Source> kSources{{1, {0, st::StockKind::fbo, st::Absent::zero}},
                                            {2, {0, st::StockKind::fbs, st::Absent::zero}},
                                            {3, {0, st::StockKind::fbs, st::Absent::unknown}},
                                            {4, {1, st::StockKind::fbo, st::Absent::unknown}},
                                            {5, {1, st::StockKind::fbs, st::Absent::zero}}};
constexpr int kMoments = 14;

inline std::string article_of(const std::string& offer) { return offer < "c" ? "art1" : offer < "e" ? "art2" : ""; }

class HistoryModel {
 public:
  // What the model says of positions, sorted.
  [[nodiscard]] std::vector<std::string> positions(const st::PositionQuery& query) const {
    std::vector<std::string> lines;
    for (const ModelRow& row : rows(query)) {
      lines.push_back(
          line(row.place, row.state, row.on_hand, row.reserved, row.to_client, row.from_client, row.observed));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  // What the model says of their sum.
  [[nodiscard]] std::string total(const st::PositionQuery& query) const {
    const bool then = query.as_of || query.known_at;
    st::StockTotal sum;
    Sums units;
    for (const ModelRow& row : rows(query)) {
      const Source& source = kSources.at(row.place.source);
      if (row.state == st::PositionState::gone) {
        ++sum.gone;
      } else if (!then && source.account == vanished_.first && row.place.offer == vanished_.second) {
        ++sum.vanished;
      } else {
        ++sum.positions;
        sum.kept += row.state == st::PositionState::kept ? 1 : 0;
        (source.kind == st::StockKind::fbo ? units.fbo : units.fbs) += row.on_hand.value();
        units.to_client += row.to_client.value_or(0);
        units.from_client += row.from_client.value_or(0);
      }
    }
    return total_line(sum, units);
  }
  [[nodiscard]] std::vector<std::string> movements(const st::MovementQuery& query) const {
    std::vector<std::string> lines;
    for (const auto& [place, cell] : cells_) {
      const int account = kSources.at(place.source).account;
      if (query.account && *query.account != accounts_[account]) continue;
      if (!query.offer.empty() && query.offer != place.offer) continue;
      if (!query.article.empty() && query.article != article(account, place.offer)) continue;
      if (!query.warehouse.empty() && query.warehouse != place.warehouse) continue;
      for (const Entry& entry : cell.entries) {
        if (query.from && entry.observed < query.from->micros()) continue;
        if (query.until && entry.observed >= query.until->micros()) continue;
        lines.push_back(line(account, place, entry));
      }
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  [[nodiscard]] st::Instant at(std::int64_t offset) const { return st::Instant::from_micros(start_ + offset); }
  [[nodiscard]] std::int64_t length() const { return now_ + 6 - start_; }
  [[nodiscard]] const std::vector<st::AccountId>& accounts() const { return accounts_; }

 protected:
  struct ModelRow {
    Place place;
    st::PositionState state;
    Units on_hand, reserved, to_client, from_client;
    std::int64_t observed;
  };
  struct Sums {
    std::int64_t fbo = 0, fbs = 0, to_client = 0, from_client = 0;
  };

  static std::string total_line(const st::StockTotal& sum, const Sums& units) {
    std::string made = "positions " + std::to_string(sum.positions) + " kept " + std::to_string(sum.kept) +
                       " unknown " + std::to_string(sum.unknown) + " gone " + std::to_string(sum.gone) + " vanished " +
                       std::to_string(sum.vanished);
    for (const std::int64_t one : {units.fbo, units.fbs, units.to_client, units.from_client}) {
      made += " " + std::to_string(one);
    }
    return made;
  }

  [[nodiscard]] bool passes(const st::PositionQuery& query, const Place& place) const {
    const Source& source = kSources.at(place.source);
    if (query.account && *query.account != accounts_[source.account]) return false;
    if (query.kind && *query.kind != source.kind) return false;
    if (!query.offer.empty() && query.offer != place.offer) return false;
    if (!query.offers.empty() && std::count(query.offers.begin(), query.offers.end(), place.offer) == 0) return false;
    if (!query.warehouse.empty() && query.warehouse != place.warehouse) return false;
    return query.article.empty() || query.article == article(source.account, place.offer);
  }

  [[nodiscard]] std::vector<ModelRow> rows(const st::PositionQuery& query) const {
    std::vector<ModelRow> found;
    for (const auto& [place, cell] : cells_) {
      if (!passes(query, place)) continue;
      if (!query.as_of && !query.known_at) {
        const auto state = gone_ == place.source ? st::PositionState::gone : cell.state;
        found.push_back({place, state, cell.on_hand, cell.reserved, cell.to_client, cell.from_client,
                         last_observed_.at(place.source)});
        continue;
      }
      const Entry* last = nullptr;
      for (const Entry& entry : cell.entries) {
        if (query.as_of && entry.observed > query.as_of->micros()) continue;
        if (query.known_at && entry.recorded > query.known_at->micros()) continue;
        if (last == nullptr || entry.observed >= last->observed) last = &entry;
      }
      if (last == nullptr) continue;
      const bool kept = last->kind == st::MovementKind::absent && last->before && last->before == last->after;
      const auto state = kept ? st::PositionState::kept : st::PositionState::known;
      found.push_back({place, state, last->after, {}, {}, {}, last->observed});
    }
    return found;
  }

  // The articles of offers that a catalogue named; an answer alone names none.
  [[nodiscard]] std::string article(int account, const std::string& offer) const {
    return offer < "e" && known_.at(account).count(offer) != 0 ? article_of(offer) : std::string();
  }
  [[nodiscard]] int index_of(const st::AccountId& account) const { return account == accounts_[0] ? 0 : 1; }

  [[nodiscard]] std::string line(const Place& place, st::PositionState state, const Units& on_hand,
                                 const Units& reserved, const Units& to_client, const Units& from_client,
                                 std::int64_t observed) const {
    const Source& source = kSources.at(place.source);
    return position_line(source.account, source.kind, place.offer, article(source.account, place.offer), place.kind,
                         place.warehouse, state, {on_hand, reserved, to_client, from_client}, observed);
  }
  [[nodiscard]] std::string position_line(int account, st::StockKind stock, const std::string& offer,
                                          const std::string& article, st::WarehouseKind kind,
                                          const std::string& warehouse, st::PositionState state,
                                          const std::vector<Units>& units, std::int64_t observed) const {
    std::string made = std::to_string(account) + " " + to_string(stock) + " " + offer + "/" + article + " " +
                       to_string(kind) + "/" + warehouse + " " + to_string(state);
    for (const Units& one : units) made += " " + text(one);
    return made + " @" + std::to_string(observed - start_);
  }
  [[nodiscard]] std::string line(int account, const Place& place, const Entry& entry) const {
    return std::to_string(account) + " " + place.offer + "/" + article(account, place.offer) + " " +
           to_string(place.kind) + "/" + place.warehouse + " " + std::to_string(entry.seq) + " " +
           to_string(entry.kind) + " " + text(entry.before) + ">" + text(entry.after) + " " +
           std::to_string(entry.observed - start_) + "/" + std::to_string(entry.recorded - start_);
  }

  void model(int id, st::WarehouseKind kind, const std::vector<Row>& rows, bool reserved, bool transit,
             const std::optional<std::vector<std::string>>& asked, const std::set<std::string>& open,
             const inventory::StockAnswer& answer) {
    std::map<Place, Row> said;
    for (const Row& row : rows) said[{id, row.offer, kind, row.warehouse}] = row;
    const auto changed = [&](Cell& cell, Units now, st::PositionState state, st::MovementKind why) {
      if (cell.on_hand != now || cell.state != state || cell.entries.empty()) {
        cell.entries.push_back({static_cast<std::int64_t>(cell.entries.size()) + 1, why, cell.on_hand, now,
                                answer.observed_at.micros(), answer.recorded_at.micros()});
      }
      cell.on_hand = now;
      cell.state = state;
    };
    for (auto& [place, cell] : cells_) {
      if (place.source != id || said.count(place) != 0) continue;
      const bool known = cell.state == st::PositionState::known;
      const bool was_asked = !asked || std::count(asked->begin(), asked->end(), place.offer) != 0;
      const bool zero =
          answer.absent == st::Absent::zero && !answer.silence_means_nothing && open.count(place.offer) == 0;
      if (!was_asked) {
        if (cell.on_hand.value() > 0 && known)
          changed(cell, cell.on_hand, st::PositionState::kept, st::MovementKind::absent);
      } else if (zero) {
        changed(cell, 0, st::PositionState::known, st::MovementKind::absent);
        for (Units* units : {&cell.reserved, &cell.to_client, &cell.from_client}) {
          if (*units) *units = 0;
        }
      } else if (known) {
        changed(cell, cell.on_hand, st::PositionState::kept, st::MovementKind::absent);
      }
    }
    for (const auto& [place, row] : said) {
      Cell& cell = cells_[place];
      changed(cell, row.on_hand, st::PositionState::known, st::MovementKind::observed);
      if (reserved) cell.reserved = row.reserved;
      if (transit) cell.to_client = row.to_client;
      if (transit) cell.from_client = row.from_client;
    }
  }

  std::vector<std::string> texts_{"01a20a90-0000-7000-8000-00000000000a", "01a20a90-0000-7000-8000-00000000000b"};
  std::vector<st::AccountId> accounts_{st::AccountId::parse(texts_[0]).value(),
                                       st::AccountId::parse(texts_[1]).value()};
  std::map<int, std::set<std::string>> known_;
  std::map<Place, Cell> cells_;
  std::map<int, std::int64_t> last_observed_;
  int gone_ = 0;
  std::pair<int, std::string> vanished_{-1, ""};
  std::int64_t start_ = 0;
  std::int64_t now_ = 0;
};

}  // namespace histories
