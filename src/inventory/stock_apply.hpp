/// Applying one complete stock answer to levels and ledger, inside the transaction of a run.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <stocktracker/inventory/changes.hpp>
#include <stocktracker/inventory/mass_zero.hpp>
#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/ports/database.hpp>

#include "inventory/offer_index.hpp"
#include "marketplace/stock_cells.hpp"

namespace stocktracker::inline v0::inventory {

/// One answer, its account and its source. Views must outlive the call.
struct StockAnswer {
  AccountId account;
  std::int64_t source_id = 0;
  const StockCells* columns = nullptr;
  std::string_view digest{};  ///< digest_of(columns, asked)
  Absent absent = Absent::unknown;
  std::optional<std::span<const std::string>> asked{};  ///< the requested offers; nullopt: all
  Instant observed_at;
  Instant recorded_at;
  std::int64_t run_no = 0;
  /// Offers with a row that could not be read: if the answer does not name them, their positions are kept.
  std::span<const std::string> odd{};
  /// A row that could not be read names no offer, so the position of every offer that the answer leaves out is kept.
  bool silence_means_nothing = false;
  /// Hold the answer if it sets anything to 0, because the account's sources together set too much to 0.
  bool hold_if_zeroing = false;
  std::optional<Instant> last_observed_at{};  ///< nullopt: a first load
  MassZeroGuard guard{};
  bool accept_mass_zero = false;
};

struct StockApplied {
  bool held = false;
  bool too_old = false;  ///< older than the stored data: not applied
  SourceChanges changes;
  std::int64_t positive_before = 0;  ///< positions of the source with stock
  std::int64_t entries = 0;          ///< appended to the ledger
  std::vector<std::int64_t> added_offers;
  std::string note;  ///< why it was held
};

/// Writes nothing if the answer is held. An offer without a card is stored under its raw id. Added offers are added to
/// `index`.
[[nodiscard]] Result<StockApplied> apply_stock(Transaction& tx, const StockAnswer& answer, OfferIndex& index);

}  // namespace stocktracker::inline v0::inventory
