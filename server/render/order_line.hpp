// Order lines and their period, as JSON and as a table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <stocktracker/inventory/orders.hpp>
#include <stocktracker/marketplace/accounts.hpp>

#include "server/render/text_table.hpp"

namespace server {

[[nodiscard]] std::string to_json(const stocktracker::Account& account, const stocktracker::OrderLine& line);
[[nodiscard]] TextTable order_line_table();
[[nodiscard]] std::vector<std::string> order_line_row(const stocktracker::OrderLine& line);
// A line with its end.
[[nodiscard]] std::string coverage_text(const stocktracker::Account& account,
                                        const std::optional<stocktracker::OrderCoverage>& coverage);

}  // namespace server
