// Credentials and options of the connector.
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/core/problems.hpp>

#include "adapters/yandex_market/key.hpp"
#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::yandex_market {

Credentials credentials(Secret api_key, std::string_view business, std::string_view base_url) {
  Credentials credentials;
  credentials.channel = Channel::yandex_market;
  credentials.parts.push_back({std::string(kApiKeyPart), std::move(api_key)});
  if (!business.empty()) credentials.parts.push_back({std::string(kBusinessPart), Secret::copy_of(business)});
  if (!base_url.empty()) credentials.parts.push_back({std::string(kBaseUrlPart), Secret::copy_of(base_url)});
  return credentials;
}

Result<void> Options::validate() const {
  Problems problems;
  problems.require(is_api_address(host), "host", "must be an https address, or http of this machine");
  const auto within = [&](int value, int most, std::string_view field) {
    problems.require(value >= 1 && value <= most, field, "must be between 1 and " + std::to_string(most));
  };
  within(offers_per_page, 100, "offers_per_page");
  within(stock_offers_per_page, 100, "stock_offers_per_page");
  within(offers_per_stock_request, 500, "offers_per_stock_request");
  within(orders_per_page, 50, "orders_per_page");
  within(prices_per_page, 500, "prices_per_page");
  within(requests_at_once, 4, "requests_at_once");
  return problems.result("yandex_market::Options");
}

}  // namespace stocktracker::inline v0::yandex_market
