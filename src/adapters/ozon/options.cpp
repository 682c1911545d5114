// Credentials and options of the connector.
#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/core/problems.hpp>

#include "adapters/ozon/keys.hpp"
#include "marketplace/vendor_credentials.hpp"

namespace stocktracker::inline v0::ozon {

Credentials credentials(std::string_view client_id, Secret api_key, std::string_view base_url) {
  Credentials credentials;
  credentials.channel = Channel::ozon;
  credentials.parts.push_back({std::string(kClientIdPart), Secret::copy_of(client_id)});
  credentials.parts.push_back({std::string(kApiKeyPart), std::move(api_key)});
  if (!base_url.empty()) credentials.parts.push_back({std::string(kBaseUrlPart), Secret::copy_of(base_url)});
  return credentials;
}

Result<void> Options::validate() const {
  Problems problems;
  problems.require(is_api_address(host), "host", "must be an https address, or http of this machine");
  const auto within = [&](int value, int most, std::string_view field) {
    problems.require(value >= 1 && value <= most, field, "must be between 1 and " + std::to_string(most));
  };
  within(products_per_page, 1'000, "products_per_page");
  within(stock_rows_per_page, 1'000, "stock_rows_per_page");
  within(offers_per_fbo_request, 1'000, "offers_per_fbo_request");
  within(postings_per_page, 100, "postings_per_page");
  within(prices_per_page, 1'000, "prices_per_page");
  problems.require(restated >= Duration::zero() && restated <= std::chrono::hours(24 * 300), "restated",
                   "must be between 0 and 300 days");
  return problems.result("ozon::Options");
}

}  // namespace stocktracker::inline v0::ozon
