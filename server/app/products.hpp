// Products across accounts, with the stock of their offers.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <stocktracker/analytics/offer_stock.hpp>
#include <stocktracker/assembly/engine.hpp>
#include <stocktracker/inventory/listings.hpp>
#include <stocktracker/marketplace/accounts.hpp>

namespace server {

struct ProductView {
  std::vector<stocktracker::Account> accounts;
  stocktracker::MatchedListings listings;
  std::map<std::pair<stocktracker::AccountId, std::string>, stocktracker::OfferStock> stock{};  // by account and offer
  stocktracker::Instant asked_at{};  // when the stock had been read
};

// Without stock.
[[nodiscard]] stocktracker::Result<ProductView> product_view(const stocktracker::Engine& engine,
                                                             const stocktracker::CallContext& context);

// Reads every position of every account.
[[nodiscard]] stocktracker::Result<void> add_stock(ProductView& view, const stocktracker::Engine& engine,
                                                   const stocktracker::CallContext& context);

}  // namespace server
