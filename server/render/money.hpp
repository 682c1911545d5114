// Amounts of money in JSON and in cells.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/money.hpp>

namespace server {

// The member: null, or an object of minor units and currency.
void write_money(stocktracker::JsonWriter& json, std::string_view name,
                 const std::optional<stocktracker::Money>& value);
[[nodiscard]] std::string money_text(const std::optional<stocktracker::Money>& value);

}  // namespace server
