// A page of products, as JSON and as a table.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/inventory/products.hpp>
#include <stocktracker/marketplace/accounts.hpp>

#include "server/render/sink.hpp"

namespace server {

// An object with the products and the cursor of the next page, which is null at the end.
[[nodiscard]] std::string products_as_json(const std::vector<stocktracker::Product>& products,
                                           const std::vector<stocktracker::Account>& accounts, const std::string& next);
// One offer per row; the first row of a product has what belongs to the product.
void products_as_table(const std::vector<stocktracker::Product>& products,
                       const std::vector<stocktracker::Account>& accounts, Sink& sink);

}  // namespace server
