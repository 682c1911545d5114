/// Cabinet: the business, its shops (campaigns), and the places of the seller's own stock.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/yandex_market/calls.hpp"

namespace stocktracker::inline v0::yandex_market {

struct Campaign {
  std::int64_t id = 0;
  std::int64_t business = 0;
  std::string business_name;
  bool marketplace = false;  ///< sells from the Market's warehouses (FBY, LaaS)
  bool open = true;          ///< the API may be used
};

/// Odd rows of a list that is read once and remembered, stored until a sink can receive them.
class OddNotes final : public AnswerSink {
 public:
  void odd_row(const OddRow& row) override {
    notes_.push_back({row.kind, std::string(row.reason), std::string(row.location), std::string(row.key)});
  }
  void report_to(AnswerSink& sink) const {
    for (const Note& one : notes_) sink.odd_row({one.kind, one.reason, one.place, one.key});
  }
  [[nodiscard]] std::size_t size() const noexcept { return notes_.size(); }

  OddNotes() = default;
  OddNotes(OddNotes&& other) noexcept : notes_(std::move(other.notes_)) {}
  OddNotes& operator=(OddNotes&& other) noexcept {
    notes_ = std::move(other.notes_);
    return *this;
  }

 private:
  struct Note {
    RowOddity kind;
    std::string reason, place, key;
  };
  std::vector<Note> notes_;
};

/// Adds the page's shops.
[[nodiscard]] Result<NextPage> decode_campaigns(std::string_view body, std::vector<Campaign>& into, AnswerSink& sink);

struct OwnWarehouse {
  std::int64_t id = 0;
  std::string name;
  std::int64_t campaign = 0;  ///< 0: not in the list (v3)
  std::int64_t group = 0;     ///< 0: in no group
  std::string group_name;
};
/// The two lists of the seller's warehouses: v2 names the shop and the group of a warehouse.
enum class WarehouseList : unsigned char { v2, v3 };
/// Adds a page's warehouses.
[[nodiscard]] Result<NextPage> decode_own_warehouses(std::string_view body, WarehouseList list,
                                                     std::vector<OwnWarehouse>& into, AnswerSink& sink);

using WarehouseNames = std::map<std::int64_t, std::string>;
/// Rows without an id are skipped: only the name is needed.
[[nodiscard]] Result<WarehouseNames> decode_market_warehouses(std::string_view body);

struct Cabinet {
  std::int64_t business = 0;
  std::string name;
  std::vector<std::int64_t> campaigns;              ///< open to the API, ascending
  std::vector<std::int64_t> marketplace_campaigns;  ///< those of them that sell from the Market's warehouses
  OddNotes odd;                                     ///< shops that could not be read
};

/// Of the shops that the key opens, those of one business: the named one (0: the only one).
[[nodiscard]] Result<Cabinet> cabinet_of(const std::vector<Campaign>& campaigns, std::int64_t named);
[[nodiscard]] Result<Cabinet> read_cabinet(const Calls& calls, std::int64_t named, const CallContext& context);

/// One stock of the seller: a warehouse, or a group of warehouses that share their stock.
struct OwnPlace {
  std::string key;                    ///< the warehouse's id, or "group:" and the group's
  std::string name;                   ///< of a group: its own and, in brackets, its members'
  std::vector<std::int64_t> members;  ///< ids of warehouses; the first one is requested
  std::int64_t campaign = 0;          ///< use this shop's method (v2); 0: the cabinet's method (v3)
};
struct OwnPlaces {
  std::vector<OwnPlace> all;
  bool groups = false;  ///< the cabinet works with groups
  OddNotes odd;         ///< warehouses that could not be read

  /// A warehouse's key that is in no readable row may belong to an unreadable one: without groups its stock can be
  /// requested anyway. Otherwise Errc::vendor_contradiction.
  [[nodiscard]] Result<OwnPlace> find(std::string_view key) const;
};

inline constexpr std::string_view kGroupPrefix = "group:";

/// If there is a group, all warehouses are read by the shops' method: the Market permits the cabinet's method only if
/// no warehouse is in a group. Of a group, the first member (by id) with a shop that is open to the API is requested.
[[nodiscard]] std::vector<OwnPlace> places_of(const std::vector<OwnWarehouse>& warehouses, const Cabinet& cabinet);
[[nodiscard]] Result<OwnPlaces> read_own_places(const Calls& calls, const Cabinet& cabinet, const CallContext& context);
[[nodiscard]] Result<WarehouseNames> read_market_warehouses(const Calls& calls, const CallContext& context);

}  // namespace stocktracker::inline v0::yandex_market
