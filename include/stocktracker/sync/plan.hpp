/// @file
/// SyncPlan: what a run would request from the marketplace, estimated before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

struct PlannedSource {
  std::string name;  ///< as SourceOutcome::name
  /// For the rows that are known, as the library's connectors read them; for others by the pages in Capabilities. Not
  /// counted: retries, and the extra cost that a vendor charges for some requests.
  std::int64_t requests = 0;
  /// True: `requests` is the least number. The source was not read before, or only the marketplace knows how many pages
  /// it has. False: a run sends exactly `requests`, unless the account has changed.
  bool at_least = false;
  /// The marketplace asked for this source to be left alone until then. A run waits if the wait is short; otherwise the
  /// source ends as throttled without a request.
  std::optional<Instant> not_before{};
};

/// @code
/// STK_TRY(const auto plan, engine.sync().plan(account.id, {.orders = true}));
/// for (const st::PlannedSource& source : plan.sources) {
///   std::printf("%s: %s%lld\n", source.name.c_str(), source.at_least ? "at least " : "",
///               static_cast<long long>(source.requests));
/// }
/// @endcode
struct SyncPlan {
  AccountId account;
  /// In the order of a run: catalogue, warehouses, fbo, fbs:KEY (of a seller warehouse), orders, prices. Seller
  /// warehouses are those of earlier runs.
  std::vector<PlannedSource> sources;

  /// Sum over all sources.
  [[nodiscard]] STK_API std::int64_t requests() const noexcept;
  /// True if `requests()` is the least number.
  [[nodiscard]] STK_API bool at_least() const noexcept;
};

}  // namespace stocktracker::inline v0
