/// @file
/// AccountTruth: what an account really holds, row by row; the contract suite of connectors compares with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/money.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/marketplace/order.hpp>
#include <stocktracker/marketplace/warehouse.hpp>

namespace stocktracker::inline v0::testing {

/// In all of these structs an empty text means: the channel does not say, and a connector must not invent it.
struct TrueOffer {
  std::string key{};
  std::string listing{};
  std::string article{};
  std::string title{};
  std::string brand{};
  std::string size{};
  std::vector<std::string> barcodes{};
};

/// One warehouse of the seller.
struct TrueWarehouse {
  std::string key{};
  std::string name{};
  bool active = true;
};

/// A position as an answer names it. Positions that the marketplace hides behind one undisclosed warehouse are summed.
struct TrueStock {
  std::string offer{};
  std::string listing{};
  std::string warehouse{};
  std::string warehouse_name{};
  std::string region{};
  WarehouseKind kind = WarehouseKind::marketplace;
  std::int64_t on_hand = 0;
  std::optional<std::int64_t> reserved{};  ///< nullopt: the channel does not report it, which differs from 0
  std::optional<std::int64_t> to_client{};
  std::optional<std::int64_t> from_client{};
};

struct TrueLine {
  std::string key{};
  std::string order{};
  std::string offer{};
  std::string listing{};
  std::string article{};
  OrderStatus status = OrderStatus::placed;
  StockKind kind = StockKind::fbo;
  std::string warehouse{};
  std::string warehouse_name{};
  std::int64_t quantity = 1;
  std::optional<Money> price{};
  Instant ordered_at{};
  Instant changed_at{};
};

struct TruePrice {
  std::string offer{};
  Money price{0, Currency::rub()};
  std::optional<Money> list_price{};
  std::optional<Money> lowest_price{};
};

/// A list that is nullopt is not compared: give the lists that you know.
///
/// @code
/// st::testing::AccountTruth truth;
/// truth.offers.emplace().push_back({.key = "007", .article = "007", .title = "Mug"});
/// truth.stock.emplace().push_back({.offer = "007", .warehouse = "depot", .on_hand = 4});
/// @endcode
struct AccountTruth {
  std::optional<std::vector<TrueOffer>> offers{};
  std::optional<std::vector<TrueWarehouse>> warehouses{};
  /// Positions of both kinds, each once; those with 0 units are included if the channel reports them.
  std::optional<std::vector<TrueStock>> stock{};
  std::optional<std::vector<TrueLine>> orders{};
  std::optional<std::vector<TruePrice>> prices{};
  /// Capabilities according to the marketplace's manual: each member is compared with the connector's own.
  std::optional<Capabilities> capabilities{};
  /// The most that a line may be older than `since` if the connector reads it again; nullopt: not checked.
  std::optional<Duration> orders_asked_again{};
  /// The marketplace's time when the truth was read: orders cannot be covered for longer than that; nullopt: not
  /// checked.
  std::optional<Instant> now{};
  /// The marketplace writes the same number sometimes as a number, sometimes as a text.
  bool numbers_may_be_texts = false;
};

}  // namespace stocktracker::inline v0::testing
