#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0::wildberries {

Hosts Hosts::single_host(std::string base_url) {
  while (!base_url.empty() && base_url.back() == '/') base_url.pop_back();
  return {base_url, base_url, base_url, base_url};
}

Credentials credentials(Secret token) {
  Credentials credentials;
  credentials.channel = Channel::wildberries;
  credentials.parts.push_back({"token", std::move(token)});
  return credentials;
}

Result<void> Options::validate() const {
  Problems problems;
  const auto url = [&](std::string_view field, const std::string& value) {
    problems.require(value.starts_with("https://") || value.starts_with("http://127.0.0.1") ||
                         value.starts_with("http://localhost") || value.starts_with("http://[::1]"),
                     field, "must be an https address, or http of this machine");
  };
  url("hosts.common", hosts.common);
  url("hosts.content", hosts.content);
  url("hosts.analytics", hosts.analytics);
  url("hosts.marketplace", hosts.marketplace);
  problems.require(cards_per_page >= 1 && cards_per_page <= 100, "cards_per_page", "must be between 1 and 100");
  problems.require(stock_rows_per_page >= 1 && stock_rows_per_page <= 250'000, "stock_rows_per_page",
                   "must be between 1 and 250000");
  problems.require(fbs_offers_per_request >= 1 && fbs_offers_per_request <= 1'000, "fbs_offers_per_request",
                   "must be between 1 and 1000");
  return problems.result("wildberries::Options");
}

}  // namespace stocktracker::inline v0::wildberries
