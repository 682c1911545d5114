/// Applying one complete stock answer to levels and ledger, inside the transaction of a run.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <stocktracker/inventory/changes.hpp>
#include <stocktracker/inventory/mass_zero.hpp>
#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/marketplace/stock_columns.hpp>
#include <stocktracker/ports/database.hpp>

#include "inventory/offer_index.hpp"

namespace stocktracker::inline v0::inventory {

/// One answer and where it belongs. Views must outlive the call.
struct StockAnswer {
  AccountId account;
  std::int64_t source_id = 0;
  const StockColumns* columns = nullptr;
  std::string_view digest{};  ///< digest_of(columns, asked)
  Absent absent = Absent::unknown;
  std::optional<std::span<const std::string>> asked{};  ///< nullopt: the answer speaks about every offer
  Instant observed_at;
  Instant recorded_at;
  std::int64_t run_no = 0;
  /// Offers about which silence means nothing in this answer, because a row about them could not be read.
  std::span<const std::string> odd{};
  bool silence_means_nothing = false;  ///< about any offer: a row that could not be read said of nobody whose it was
  bool hold_if_zeroing = false;        ///< hold it where it zeroes anything: the account's sources together do too much
  std::optional<Instant> last_observed_at{};  ///< nullopt: nothing was applied before, this is a first load
  MassZeroGuard guard{};
  bool accept_mass_zero = false;
};

struct StockApplied {
  bool held = false;
  bool too_old = false;  ///< observed before what is known: dropped
  SourceChanges changes;
  std::int64_t positive_before = 0;  ///< positions of the source
  std::string note;                  ///< why it was held
};

/// Writes nothing when held. Offers without a card become rows under their raw ids. The index gains what is added.
[[nodiscard]] Result<StockApplied> apply_stock(Transaction& tx, const StockAnswer& answer, OfferIndex& index);

}  // namespace stocktracker::inline v0::inventory
