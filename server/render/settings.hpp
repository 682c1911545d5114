// A tenant's settings as JSON and as text.
#pragma once

#include <string>

#include <stocktracker/tenant/settings.hpp>

namespace server {

[[nodiscard]] std::string to_json(const stocktracker::TenantSettings& settings);
// One setting per line.
[[nodiscard]] std::string settings_text(const stocktracker::TenantSettings& settings);

}  // namespace server
