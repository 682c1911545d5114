/// @file
/// The one transaction of a run: levels, ledger, source rows, run and outbox together, or nothing.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <stocktracker/inventory/orders.hpp>
#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/marketplace/stock_columns.hpp>

#include "inventory/catalogue.hpp"
#include "sync/lease.hpp"
#include "sync/odd_rows.hpp"
#include "sync/records.hpp"

namespace stocktracker::inline v0::sync_run {

/// What one slot of the machine fetched; empty unless its outcome is ok, but for orders that came before a failure.
struct Fetched {
  inventory::Catalogue catalogue;
  StockColumns columns;
  std::vector<OrderLine> orders;
  OrderCoverage coverage{};             ///< of the orders; empty where the answer broke off
  std::vector<OrderCoverage> complete;  ///< periods of which every order came
  std::optional<Instant> since{};       ///< what orders were asked for from
  std::vector<std::string> emptied{};   ///< orders that were reported without lines
  std::vector<OfferPrice> prices;
  std::string digest;
  std::string note;  ///< what the connector reports of the answer
  OddRows odd;
};

/// Everything a commit needs; the body that uses it may run twice, so nothing here is changed but `run`.
struct CommitInput {
  const State& machine;
  const std::vector<Fetched>& fetched;        ///< by slot
  const std::vector<std::string>& asked;      ///< the offers that seller warehouses were asked about
  const std::vector<std::string>& asked_fbo;  ///< likewise the marketplace's, where they are asked by offers
  const Capabilities& capabilities;
  const SyncOptions& options;
  std::int64_t run_no = 0;
  EventId event;
  Instant present;                                                 ///< by the vendor's clock where it is known
  std::map<std::string, std::string, std::less<>> order_places{};  ///< where the connector's list of orders goes on
};

/// Fills in dispositions, changes and state of `run`. Errc::lease_lost when the account passed on meanwhile.
[[nodiscard]] Result<void> commit_run(Transaction& tx, const CommitInput& input, const Lease& lease, Instant now,
                                      SyncRun& run);

/// Whether consumers hear of it: the commit has left an event to be relayed.
[[nodiscard]] bool has_news(const SyncRun& run) noexcept;

}  // namespace stocktracker::inline v0::sync_run
