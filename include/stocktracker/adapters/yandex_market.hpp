/// @file
/// Yandex Market: reading of the catalogue, stock on the Market's warehouses (FBY, LaaS) and the seller's own (FBS,
/// DBS, Express), orders and prices.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/connector.hpp>

namespace stocktracker::inline v0::yandex_market {

/// An account is a cabinet (a business). `business` is its id: required if the key opens several, otherwise empty.
/// `base_url`, for a test server or a proxy, replaces the Market's host and is kept with the account: give it again
/// with another key. It must be allowed: OpenOptions::allowed_base_urls.
[[nodiscard]] STK_API Credentials credentials(Secret api_key, std::string_view business = {},
                                              std::string_view base_url = {});

/// @code
/// STK_TRY(auto factory, st::yandex_market::make_factory({.requests_at_once = 2}));
/// STK_TRY(auto engine, st::open({.path = "shop.db", .connectors = {factory}}));
/// @endcode
struct Options {
  std::string host = "https://api.partner.market.yandex.ru";
  int offers_per_page = 100;           ///< 1 to 100
  int stock_offers_per_page = 100;     ///< 1 to 100
  int offers_per_stock_request = 500;  ///< 1 to 500
  int orders_per_page = 50;            ///< 1 to 50
  int prices_per_page = 500;           ///< 1 to 500
  /// Requests at a time, 1 to 4. The Market allows 4 per cabinet; further calls of the same connector wait.
  int requests_at_once = 4;

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Makes connectors for accounts of this channel; pass it to OpenOptions::connectors to change its options.
[[nodiscard]] STK_API Result<std::shared_ptr<ConnectorFactory>> make_factory(Options options = {});

/// Batch sizes and absence rules; source: the API's documentation of 2026-08-19 and its later notes.
[[nodiscard]] STK_API const Capabilities& capabilities() noexcept;

}  // namespace stocktracker::inline v0::yandex_market
