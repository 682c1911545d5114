// Ledger entries with what order lines explain, as JSON and as lines.
#pragma once

#include <string>

#include <stocktracker/inventory/movement.hpp>
#include <stocktracker/inventory/orders.hpp>

namespace server {

[[nodiscard]] std::string to_json(const stocktracker::Movement& movement, const stocktracker::MovementExplanation& why);
// A line without its end.
[[nodiscard]] std::string movement_text(const stocktracker::Movement& movement,
                                        const stocktracker::MovementExplanation& why);

}  // namespace server
