/// SourceFetcher: fetches one source of a run from its connector.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/marketplace/connector.hpp>
#include <stocktracker/ports/ports.hpp>
#include <stocktracker/sync/run.hpp>

#include "sync/commit.hpp"
#include "sync/lease.hpp"
#include "sync/run_machine.hpp"
#include "sync/run_transport.hpp"

namespace stocktracker::inline v0::sync_run {

/// What a run knows before it fetches.
struct KnownBefore {
  std::map<std::string, Instant> waits{};   ///< throttled sources, and the end of their waits
  std::optional<OrderCoverage> coverage{};  ///< the period with known orders
  std::vector<std::string> asked{};         ///< offers requested from seller warehouses
  std::vector<std::string> asked_fbo{};     ///< offers requested with Capabilities::fbo_by_offers
};

/// May fetch several sources at once, on different threads. All arguments outlive it.
class SourceFetcher {
 public:
  SourceFetcher(const Ports& ports, Connector& connector, const RunTransport& transport, Lease& lease,
                const AccountId& account, const SyncOptions& options, Duration max_wait, const KnownBefore& known)
      : ports_(ports),
        connector_(connector),
        transport_(transport),
        lease_(lease),
        account_(account),
        options_(options),
        max_wait_(max_wait),
        known_(known) {}

  /// `source`: its name. What came is in `into`: everything, or after some failures of orders a part.
  [[nodiscard]] Result<void> fetch(const Fetch& fetch, const std::string& source, const CallContext& context,
                                   Fetched& into, FetchEnded& ended);
  /// By the vendor's clock if it is known.
  [[nodiscard]] Instant present() const { return transport_.real(ports_.clock->now()); }

 private:
  /// Some vendors extend a wait when they are asked during it. The wait may come from another process.
  [[nodiscard]] Result<void> wait_out(const std::string& source, const CallContext& context);
  /// What an error of the connector says that only the caller or the engine can know.
  [[nodiscard]] Error own_end(Error error, const CallContext& context) const;
  [[nodiscard]] Result<void> fetch_kind(const Fetch& fetch, const std::string& source, const CallContext& context,
                                        Fetched& into, FetchEnded& ended);
  /// Call after a list was read completely: stores the number of rows, and fails if too many rows were odd.
  [[nodiscard]] static Result<void> settle(const OddRows& odd, std::size_t rows, Fetched& into, FetchEnded& ended);
  [[nodiscard]] Result<void> fetch_catalogue(const CallContext& context, Fetched& into, FetchEnded& ended);
  [[nodiscard]] Result<void> fetch_warehouses(const CallContext& context, Fetched& into, FetchEnded& ended);
  [[nodiscard]] Result<void> fetch_orders(const CallContext& context, Fetched& into, FetchEnded& ended);
  [[nodiscard]] Result<void> fetch_prices(const CallContext& context, Fetched& into, FetchEnded& ended);
  [[nodiscard]] Result<void> fetch_stock(const StockQuery& query, const std::string& source, const CallContext& context,
                                         Fetched& into, FetchEnded& ended);
  /// From the end of the known period, with some overlap: changes may be reported late.
  [[nodiscard]] Instant orders_since() const;

  const Ports& ports_;
  Connector& connector_;
  const RunTransport& transport_;
  Lease& lease_;
  const AccountId& account_;
  const SyncOptions& options_;
  const Duration max_wait_;  ///< a source is waited for so long
  const KnownBefore& known_;
};

}  // namespace stocktracker::inline v0::sync_run
