// Entries of the ledger, with what orders say of them.
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
