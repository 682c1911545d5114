// What a run would request, as JSON and as text.
#pragma once

#include <string>

#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/sync/plan.hpp>

#include "server/render/sink.hpp"

namespace server {

[[nodiscard]] std::string to_json(const stocktracker::SyncPlan& plan);
// A line with the sum, and a table of the sources.
void plan_as_text(const stocktracker::Account& account, const stocktracker::SyncPlan& plan, Sink& sink);

}  // namespace server
