// Permissions and the roles that have them, as JSON and as a table.
#pragma once

#include <optional>
#include <string>

#include <stocktracker/core/permission_table.hpp>
#include <stocktracker/identity/role.hpp>

#include "server/render/sink.hpp"

namespace server {

// `role`: only what this role has. Without it the table has a column for each role.
void permissions_as_text(std::optional<stocktracker::Role> role, Sink& sink);
void permissions_as_json(std::optional<stocktracker::Role> role, Sink& sink);

}  // namespace server
