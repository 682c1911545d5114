/// The period of which every order line of an account is known (its coverage): reading, joining, plausibility.
#pragma once

#include <optional>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/marketplace/order.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// The stored coverage. A process with a fast clock may have written it, so it may end in the future.
[[nodiscard]] Result<std::optional<OrderCoverage>> read_coverage(Transaction& tx, const AccountId& account);
/// The part of the stored coverage that can be true at `now`, by `believed`.
[[nodiscard]] Result<std::optional<OrderCoverage>> read_believed_coverage(Transaction& tx, const AccountId& account,
                                                                          Instant now);

/// If a coverage ends some minutes after `now`, it ends at `now`: correct clocks differ by that much, and reading
/// begins before its end anyway. If it ends later, it ends at `newest`, the newest known line that is not after `now`;
/// without such a line at its beginning. Nullopt if it begins in the future.
[[nodiscard]] std::optional<OrderCoverage> believed(const OrderCoverage& stored, const std::optional<Instant>& newest,
                                                    Instant now) noexcept;

/// Joins periods that touch. Of two periods with a gap between them the later one counts, because the lines in the gap
/// are not known.
[[nodiscard]] OrderCoverage joined(const std::optional<OrderCoverage>& known, const OrderCoverage& reported) noexcept;

}  // namespace stocktracker::inline v0::inventory
