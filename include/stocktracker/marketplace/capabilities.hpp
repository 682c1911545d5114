/// @file
/// Capabilities: what a channel can do, as data. For its request limits see http/limits.hpp.
#pragma once

#include <cstdint>
#include <string_view>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/marketplace/channel.hpp>

namespace stocktracker::inline v0 {

/// Fulfilment: from the marketplace's warehouses (FBO) or from the seller's own (FBS).
enum class StockKind : unsigned char { fbo, fbs };
[[nodiscard]] constexpr const char* to_string(StockKind kind) noexcept {
  return kind == StockKind::fbo ? "fbo" : "fbs";
}

/// The meaning of a position that was there before and is not in a complete answer.
enum class Absent : unsigned char {
  zero,     ///< the channel lists only what is in stock: an absent position has 0 units
  unknown,  ///< the channel may leave rows out: the last value is kept and marked
};

/// All views point to static data.
///
/// @code
/// const st::Capabilities& can = st::ozon::capabilities();
/// std::printf("orders: %d, absent is 0: %d\n", can.orders ? 1 : 0, can.fbo_absent == st::Absent::zero ? 1 : 0);
/// @endcode
struct Capabilities {
  Channel channel{};
  std::string_view zone{};  ///< IANA name of the zone of its days, and of its times without an offset
  /// True: offer keys are decimal integers without leading zeros, and stock answers carry them as numbers.
  bool numeric_offer_keys = false;
  int offers_per_page = 0;
  int stock_rows_per_page = 0;
  int offers_per_fbs_request = 0;
  Absent fbo_absent = Absent::unknown;
  Absent fbs_absent = Absent::unknown;
  bool fbo_by_offers = false;  ///< FBO stock is requested for a list of offers: absence says nothing about other offers
  Duration fbo_refresh{};      ///< how often the marketplace rebuilds its report; 0: always live
  Duration visibility_delay{};   ///< how long until a write can be read back
  bool compare_and_set = false;  ///< true: a write can name the value it expects
  bool orders = false;           ///< Connector::fetch_orders
  bool prices = false;           ///< Connector::fetch_prices
  Duration orders_kept{};        ///< how far back the channel reports orders; 0: without limit
  /// An answer contains every line that was ordered in the period it covers: a known line that is missing has been
  /// removed.
  bool orders_by_period = false;
  /// An order is answered with all its lines: a known line that is missing has been removed from the order.
  bool orders_complete = false;
  /// OrderLineRow::changed_at is the vendor's time: a line with an earlier one is an older state. If false, the later
  /// answer counts.
  bool order_changes_timed = false;
};

}  // namespace stocktracker::inline v0
