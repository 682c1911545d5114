/// @file
/// Prices: what the seller asks for an offer.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <stocktracker/core/money.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/odd_row.hpp>

namespace stocktracker::inline v0 {

/// A price on its way from a connector; views are valid during the call to the sink.
struct PriceRow {
  std::string_view offer{};             ///< Offer::key
  Money price;                          ///< the price that the seller asks, after the seller's own discounts
  std::optional<Money> list_price{};    ///< shown crossed out beside it; nullopt: none
  std::optional<Money> lowest_price{};  ///< lower limit that the seller gives the marketplace; nullopt: not reported
};

class STK_API PriceSink : public AnswerSink {
 public:
  ~PriceSink() override;
  /// Receives one page. An offer may come again on a later page; the last row counts.
  [[nodiscard]] virtual Result<void> prices(std::span<const PriceRow> page) = 0;
};

}  // namespace stocktracker::inline v0
