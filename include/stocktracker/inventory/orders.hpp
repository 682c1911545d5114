/// @file
/// Orders: reading order lines, and what period is known.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/inventory/movement.hpp>
#include <stocktracker/marketplace/order.hpp>

namespace stocktracker::inline v0 {

/// A line as stored, with its state as last reported. Identity: (account, key). Empty text: the channel does not say.
/// A line that left its order stays, as OrderStatus::removed with the vendor's last word, and counts nowhere.
struct OrderLine {
  AccountId account;
  std::string key;
  std::string order;
  std::string offer;  ///< Offer::key
  std::string listing;
  std::string article;  ///< where the channel leaves it out: of the catalogue as it is now
  OrderStatus status = OrderStatus::placed;
  std::string status_text;  ///< the vendor's word
  StockKind kind = StockKind::fbo;
  std::string warehouse;       ///< Warehouse::key
  std::string warehouse_name;  ///< raw
  std::int64_t quantity = 1;
  std::optional<Money> price;  ///< of one unit
  Instant ordered_at;
  Instant changed_at;   ///< of a removed line: when an answer was first without it
  Instant recorded_at;  ///< when this state was committed here
};

/// Empty fields do not filter.
struct OrderLineQuery {
  AccountId account{};             ///< required
  std::string offer{};             ///< the channel's key of the offer, exactly
  std::optional<Instant> from{};   ///< ordered at or after
  std::optional<Instant> until{};  ///< ordered before
  int page_size = 1'000;           ///< 1 to 10,000

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// How far order lines explain an entry of the ledger: the units that were ordered from the position, and called off,
/// since the entry before it. Returns are not counted: when they are back on the shelf, no channel says. Sums that do
/// not fit stop at the largest number.
struct MovementExplanation {
  bool covered = false;         ///< the orders of that time are known whole; otherwise the numbers are a part
  std::int64_t lines = 0;       ///< order lines with a hand in it
  std::int64_t ordered = 0;     ///< units
  std::int64_t called_off = 0;  ///< units

  /// What the lines say the change should have been.
  [[nodiscard]] std::int64_t explained() const noexcept { return called_off - ordered; }
};

class InventoryCore;

/// Handle; cheap to copy, thread-safe.
class STK_API Orders {
 public:
  explicit Orders(std::shared_ptr<InventoryCore> core) noexcept : core_(std::move(core)) {}

  /// By the time of ordering, then key.
  [[nodiscard]] Pages<OrderLine> lines(OrderLineQuery query, const CallContext& context = {}) const;
  /// Of which period every line is known; nullopt: of none. Outside of it a count of orders would be a guess. A period
  /// that ends in the future was stored by a clock that ran ahead: it ends at the newest line known instead.
  [[nodiscard]] Result<std::optional<OrderCoverage>> coverage(const AccountId& account,
                                                              const CallContext& context = {}) const;
  /// Of an entry that `Ledger::movements` told. Lines are matched by offer, fulfilment and the warehouse's key, or its
  /// exact name where the channel tells orders by name alone.
  [[nodiscard]] Result<MovementExplanation> explain(const Movement& movement, const CallContext& context = {}) const;

 private:
  std::shared_ptr<InventoryCore> core_;
};

}  // namespace stocktracker::inline v0
