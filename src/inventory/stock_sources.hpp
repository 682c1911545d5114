/// The sources of stock that a query of positions reads, and the local ids of the offers that it names.
#pragma once

#include <optional>
#include <vector>

#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// The number of SourceState::gone. This layer must not include its header; sync/records.cpp checks that they agree.
inline constexpr std::int64_t kSourceGone = 6;

struct StockSource {
  std::int64_t id = 0;
  AccountId account;
  StockKind kind = StockKind::fbo;
  std::optional<Instant> observed_at;
  std::int64_t state = 0;
  std::vector<std::int64_t> warehouses;  ///< those that the query names; empty: it names none

  [[nodiscard]] bool gone() const noexcept { return state == kSourceGone; }
  /// Inline where no warehouse is named: readers call it for each row.
  [[nodiscard]] bool has_wanted(std::int64_t warehouse) const noexcept {
    return warehouses.empty() || names(warehouse);
  }
  [[nodiscard]] bool names(std::int64_t warehouse) const noexcept;
};

/// By id: the sources of stock that pass the query's filters of account, kind and warehouse.
[[nodiscard]] Result<std::vector<StockSource>> stock_sources(Transaction& tx, const PositionQuery& query);

/// True if the query names offers by key or article: few, so that they are looked up one by one.
[[nodiscard]] bool names_offers(const PositionQuery& query) noexcept;

/// Sorted local ids of the offers that the query names.
[[nodiscard]] Result<std::vector<std::int64_t>> offers_of_query(Transaction& tx, const PositionQuery& query,
                                                                const std::vector<StockSource>& sources);

/// Sorted local ids of the offers with this key or article.
[[nodiscard]] Result<std::vector<std::int64_t>> offers_named(Transaction& tx, const std::string& key,
                                                             const std::string& article,
                                                             const std::optional<AccountId>& account);

}  // namespace stocktracker::inline v0::inventory
