// Offers of the catalogue as JSON, CSV and a table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <stocktracker/inventory/offers.hpp>

#include "server/render/text_table.hpp"

namespace server {

[[nodiscard]] std::string to_json(const stocktracker::CatalogueOffer& offer);
// The head of the CSV, and a line; barcodes are separated by blanks.
[[nodiscard]] std::string offer_csv_head();
[[nodiscard]] std::string offer_csv_line(const stocktracker::CatalogueOffer& offer);
[[nodiscard]] TextTable offer_table();
[[nodiscard]] std::vector<std::string> offer_row(const stocktracker::CatalogueOffer& offer);

}  // namespace server
