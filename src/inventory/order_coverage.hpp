/// Of which period every order line of an account is known.
#pragma once

#include <optional>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/marketplace/order.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// As stored: it may have been written by a clock that ran ahead.
[[nodiscard]] Result<std::optional<OrderCoverage>> read_coverage(Transaction& tx, const AccountId& account);
/// What of it can be true at `now`.
[[nodiscard]] Result<std::optional<OrderCoverage>> read_believed_coverage(Transaction& tx, const AccountId& account,
                                                                          Instant now);

/// A coverage that ends in the future ends at the newest line known instead (`newest`, not after `now`), and without
/// one at its beginning; nullopt where it begins in the future. Some minutes are a difference of two good clocks: it
/// ends at `now` then, and reading goes on from before its end anyway.
[[nodiscard]] std::optional<OrderCoverage> believed(const OrderCoverage& stored, const std::optional<Instant>& newest,
                                                    Instant now) noexcept;

/// Periods that touch are one; of two that do not, the later one counts: a gap would be a guess.
[[nodiscard]] OrderCoverage joined(const std::optional<OrderCoverage>& known, const OrderCoverage& reported) noexcept;

}  // namespace stocktracker::inline v0::inventory
