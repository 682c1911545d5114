// Credentials and options of the connector.
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/core/problems.hpp>

#include "adapters/wildberries/token.hpp"
#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::wildberries {
Hosts Hosts::single_host(std::string base_url) {
  while (!base_url.empty() && base_url.back() == '/') base_url.pop_back();
  return {base_url, base_url, base_url, base_url, base_url};
}

Credentials credentials(Secret token, std::string_view base_url) {
  Credentials credentials;
  credentials.channel = Channel::wildberries;
  std::string name = part_name(token);
  credentials.parts.push_back({std::move(name), std::move(token)});
  if (!base_url.empty()) credentials.parts.push_back({std::string(kBaseUrlPart), Secret::copy_of(base_url)});
  return credentials;
}

Result<void> Options::validate() const {
  Problems problems;
  const auto url = [&](std::string_view field, const std::string& value) {
    problems.require(is_api_address(value), field, "must be an https address, or http of this machine");
  };
  if (hosts.common == hosts.content && hosts.common == hosts.analytics && hosts.common == hosts.marketplace &&
      hosts.common == hosts.prices) {
    url("hosts", hosts.common);  // one address for all, as of single_host: one problem
  } else {
    url("hosts.common", hosts.common);
    url("hosts.content", hosts.content);
    url("hosts.analytics", hosts.analytics);
    url("hosts.marketplace", hosts.marketplace);
    url("hosts.prices", hosts.prices);
  }
  problems.require(cards_per_page >= 1 && cards_per_page <= 100, "cards_per_page", "must be between 1 and 100");
  problems.require(stock_rows_per_page >= 1 && stock_rows_per_page <= 250'000, "stock_rows_per_page",
                   "must be between 1 and 250000");
  problems.require(fbs_offers_per_request >= 1 && fbs_offers_per_request <= 1'000, "fbs_offers_per_request",
                   "must be between 1 and 1000");
  problems.require(orders_per_page >= 1 && orders_per_page <= 10'000, "orders_per_page", "must be between 1 and 10000");
  problems.require(prices_per_page >= 1 && prices_per_page <= 1'000, "prices_per_page", "must be between 1 and 1000");
  problems.require(report_patience >= std::chrono::seconds(5), "report_patience", "must be at least 5 s");
  return problems.result("wildberries::Options");
}

}  // namespace stocktracker::inline v0::wildberries
