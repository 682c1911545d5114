/// The single transaction of a run: levels, ledger, source rows, run and outbox are written together, or not at all.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <stocktracker/inventory/orders.hpp>
#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/marketplace/capabilities.hpp>

#include "inventory/catalogue.hpp"
#include "marketplace/stock_cells.hpp"
#include "sync/lease.hpp"
#include "sync/odd_rows.hpp"
#include "sync/records.hpp"

namespace stocktracker::inline v0::sync_run {

/// What one slot of the machine fetched. Empty unless its outcome is ok, except for orders that came before a failure.
struct Fetched {
  inventory::Catalogue catalogue;
  StockCells columns;
  std::vector<OrderLine> orders;
  OrderCoverage coverage{};             ///< period of the orders; empty if the answer was incomplete
  std::vector<OrderCoverage> complete;  ///< periods with complete orders
  std::optional<Instant> since{};       ///< orders were requested from this time on
  std::vector<std::string> emptied{};   ///< orders that were reported without lines
  std::vector<OfferPrice> prices;
  std::string digest;
  std::string note;  ///< the connector's note about the answer
  OddRows odd;
};

/// Input of a commit. The body that uses it may run twice, so it changes nothing here except `run`.
struct CommitInput {
  const State& machine;
  const std::vector<Fetched>& fetched;        ///< by slot
  const std::vector<std::string>& asked;      ///< the offers requested from seller warehouses
  const std::vector<std::string>& asked_fbo;  ///< the offers requested for FBO stock, if the channel needs a list
  const Capabilities& capabilities;
  const SyncOptions& options;
  std::int64_t run_no = 0;
  EventId event;
  Instant present;                                                 ///< by the vendor's clock if it is known
  std::map<std::string, std::string, std::less<>> order_places{};  ///< where the connector continues its list of orders
};

/// What a commit knows beyond the run, for measurements. Empty after a dry run.
struct CommitNotes {
  std::int64_t ledger_entries = 0;
  std::vector<CredentialFacts> facts;
};

/// Fills in dispositions, changes and state of `run`. Errc::lease_lost if another run has taken the account.
[[nodiscard]] Result<void> commit_run(Transaction& tx, const CommitInput& input, const Lease& lease, Instant now,
                                      SyncRun& run, CommitNotes& notes);

/// True if the run left an event in the outbox for the relay.
[[nodiscard]] bool has_news(const SyncRun& run) noexcept;

}  // namespace stocktracker::inline v0::sync_run
