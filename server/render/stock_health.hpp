// Stock health of an account as JSON and as text.
#pragma once

#include <string>

#include <stocktracker/analytics/analytics.hpp>
#include <stocktracker/marketplace/accounts.hpp>

#include "server/render/sink.hpp"

namespace server {

[[nodiscard]] std::string to_json(const stocktracker::Account& account, const stocktracker::StockHealth& health);
// The sums, and a table of the first `rows` offers that need attention.
void stock_health_as_text(const stocktracker::Account& account, const stocktracker::StockHealth& health,
                          stocktracker::Instant now, int rows, Sink& sink);

}  // namespace server
