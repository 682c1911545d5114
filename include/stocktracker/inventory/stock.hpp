/// @file
/// Stock: reading positions, now or as of an instant.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/inventory/position.hpp>
#include <stocktracker/inventory/position_columns.hpp>
#include <stocktracker/ports/operation.hpp>

namespace stocktracker::inline v0 {

/// Empty fields do not filter; a position must pass all filters. Of `offer`, `article` and `offers` one may be given. A
/// text that is not UTF-8 or contains a zero byte is Errc::invalid_argument.
///
/// @code
/// STK_TRY(const st::Instant morning, st::parse_rfc3339("2026-11-21T09:00:00+03:00"));
/// auto then = engine.stock().positions({.account = account.id, .article = "mug-blue", .as_of = morning});
/// auto few = engine.stock().positions({.offers = {"4711", "4712"}, .kind = st::StockKind::fbs});
/// @endcode
struct PositionQuery {
  std::optional<AccountId> account{};
  std::string offer{};                ///< the channel's key of the offer, exactly
  std::string article{};              ///< the seller's article, exactly
  std::vector<std::string> offers{};  ///< any of these keys, at most 1,000
  std::string warehouse{};            ///< the channel's key of the warehouse, exactly
  std::optional<StockKind> kind{};
  /// What had been observed by this time (inclusive). Transit and reserved units are not in the ledger: nullopt then.
  /// If Ledger::retain removed a position's entries of that time, the position is a row with PositionState::unknown. A
  /// position that had not been observed yet is no row.
  std::optional<Instant> as_of{};
  /// What this store had recorded by this time (inclusive). Together with as_of, both must hold.
  std::optional<Instant> known_at{};
  int page_size = 1'000;  ///< 1 to 10,000 rows held in memory at a time
  std::string after{};    ///< continue after this cursor (Pages::cursor); only for positions()

  [[nodiscard]] STK_API Result<void> validate() const;
};

class InventoryCore;

/// Handle; cheap to copy, thread-safe.
///
/// @code
/// auto page = engine.stock().positions({.account = account.id, .kind = st::StockKind::fbo});
/// while (auto row = page.next()) {
///   STK_TRY(const st::StockPosition& position, *row);
///   if (position.on_hand) std::printf("%s %s\n", position.offer.article.c_str(), position.age().text().c_str());
/// }
/// @endcode
class STK_API Stock {
 public:
  explicit Stock(std::shared_ptr<InventoryCore> core) noexcept : core_(std::move(core)) {}

  /// By source, offer and warehouse, in a stable order; if offers or an article are named, by offer first. Each page is
  /// one snapshot. The list continues after a cursor. Errc::not_found if the account does not exist.
  [[nodiscard]] Pages<StockPosition> positions(PositionQuery query = {}, const CallContext& context = {}) const;
  /// The same rows as columns, in one snapshot; page_size is ignored. Errc::not_found if the account does not exist,
  /// invalid_argument if `after` is given.
  [[nodiscard]] Result<PositionColumns> columns(const PositionQuery& query = {}, const CallContext& context = {}) const;
  /// The same as `columns`, on the engine's executor: returns at once. Errc::overloaded if its queue is full.
  [[nodiscard]] Result<Operation<PositionColumns>> submit_columns(const PositionQuery& query = {},
                                                                  const CallContext& context = {}) const;
  /// Sums over the positions of the query, of all accounts unless it names one; page_size is ignored. Errc::not_found
  /// if the account does not exist, invalid_argument if `after` is given. With as_of or known_at the sums are over the
  /// rows of positions(): which offers and warehouses had left the account by then is not stored.
  [[nodiscard]] Result<StockTotal> total(const PositionQuery& query = {}, const CallContext& context = {}) const;
  /// Of all positions of the account, now.
  [[nodiscard]] Result<StockTotal> total(const AccountId& account, const CallContext& context = {}) const;

 private:
  std::shared_ptr<InventoryCore> core_;
};

}  // namespace stocktracker::inline v0
