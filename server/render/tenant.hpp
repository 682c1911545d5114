// Tenants as JSON and as a table.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/tenant/tenants.hpp>

#include "server/render/text_table.hpp"

namespace server {

[[nodiscard]] std::string to_json(const stocktracker::Tenant& tenant);
[[nodiscard]] TextTable tenant_table();
[[nodiscard]] std::vector<std::string> tenant_row(const stocktracker::Tenant& tenant);

}  // namespace server
