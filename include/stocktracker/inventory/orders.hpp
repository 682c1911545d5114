/// @file
/// Orders: reads order lines and the period for which they are complete.
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

/// A line as stored, with its state as last reported. Identity: (account, key). Empty text: the channel does not say. A
/// line that left its order stays, as OrderStatus::removed with the vendor's last status text, and is counted nowhere.
struct OrderLine {
  AccountId account;
  std::string key;
  std::string order;
  std::string offer;  ///< Offer::key
  std::string listing;
  std::string article;  ///< if the channel leaves it out: from the present catalogue
  OrderStatus status = OrderStatus::placed;
  std::string status_text;  ///< the vendor's own status
  StockKind kind = StockKind::fbo;
  std::string warehouse;       ///< Warehouse::key
  std::string warehouse_name;  ///< raw
  std::int64_t quantity = 1;
  std::optional<Money> price;  ///< of one unit
  Instant ordered_at;
  Instant changed_at;   ///< of a removed line: when an answer first left it out
  Instant recorded_at;  ///< when this state was stored
};

/// Empty fields do not filter. A text that is not UTF-8 or contains a zero byte is Errc::invalid_argument.
struct OrderLineQuery {
  AccountId account{};             ///< required
  std::string offer{};             ///< the channel's key of the offer, exactly
  std::optional<Instant> from{};   ///< ordered at or after
  std::optional<Instant> until{};  ///< ordered before
  int page_size = 1'000;           ///< 1 to 10,000
  std::string after{};             ///< continue after this cursor (Pages::cursor)

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// How much of a ledger entry order lines explain: the units ordered from the position, and called off, since the entry
/// before it. Returns are not counted: no channel reports when they are back on the shelf. Sums that do not fit stop at
/// the largest number.
///
/// @code
/// auto entries = engine.ledger().movements({.account = account.id});
/// STK_TRY(const auto page, entries.next_page());
/// for (const st::Movement& movement : page) {
///   STK_TRY(const auto why, engine.orders().explain_movement(movement));
///   if (why.covered && why.explained() == movement.delta()) std::puts("sold");
/// }
/// @endcode
struct MovementExplanation {
  bool covered = false;         ///< true: all orders of that time are known; false: the numbers are incomplete
  std::int64_t lines = 0;       ///< order lines that contributed
  std::int64_t ordered = 0;     ///< units
  std::int64_t called_off = 0;  ///< units

  /// The change that the order lines explain.
  [[nodiscard]] std::int64_t explained() const noexcept { return called_off - ordered; }
};

class InventoryCore;

/// Handle; cheap to copy, thread-safe.
///
/// @code
/// STK_TRY(const auto known, engine.orders().coverage(account.id));
/// if (!known) return st::success();  // no period is completely known
/// auto lines = engine.orders().lines({.account = account.id, .from = known->from, .until = known->until});
/// STK_TRY(const auto page, lines.next_page());
/// @endcode
class STK_API Orders {
 public:
  explicit Orders(std::shared_ptr<InventoryCore> core) noexcept : core_(std::move(core)) {}

  /// By the time of ordering, then key. The list continues after a cursor; at its end, the cursor shows only lines that
  /// were ordered later, not older ones that the channel reports late. Errc::not_found if the
  /// account does not exist.
  [[nodiscard]] Pages<OrderLine> lines(OrderLineQuery query, const CallContext& context = {}) const;
  /// The period for which every order line is known; nullopt: none. A count of orders outside of it would be a guess.
  /// If a clock that ran ahead stored a period that ends in the future, the period is cut at the newest line.
  /// Errc::not_found if the account does not exist.
  [[nodiscard]] Result<std::optional<OrderCoverage>> coverage(const AccountId& account,
                                                              const CallContext& context = {}) const;
  /// Explains an entry returned by `Ledger::movements`. Lines are matched by offer, fulfilment and the warehouse's key,
  /// or its exact name if the channel gives orders only a name.
  [[nodiscard]] Result<MovementExplanation> explain_movement(const Movement& movement,
                                                             const CallContext& context = {}) const;

 private:
  std::shared_ptr<InventoryCore> core_;
};

}  // namespace stocktracker::inline v0
