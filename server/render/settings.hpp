// A tenant's settings.
#pragma once

#include <string>

#include <stocktracker/tenant/settings.hpp>

namespace server {

[[nodiscard]] std::string to_json(const stocktracker::TenantSettings& settings);
// A line a setting.
[[nodiscard]] std::string settings_text(const stocktracker::TenantSettings& settings);

}  // namespace server
