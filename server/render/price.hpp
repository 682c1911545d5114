// Prices as JSON and as a table.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/marketplace/accounts.hpp>

#include "server/render/text_table.hpp"

namespace server {

[[nodiscard]] std::string to_json(const stocktracker::Account& account, const stocktracker::OfferPrice& price);
[[nodiscard]] TextTable price_table();
[[nodiscard]] std::vector<std::string> price_row(const stocktracker::Account& account,
                                                 const stocktracker::OfferPrice& price);

}  // namespace server
