/// Reads a tenant's settings for services that compute with them, without the permission settings.read.
#pragma once

#include <stocktracker/ports/ports.hpp>
#include <stocktracker/tenant/settings.hpp>

namespace stocktracker::inline v0 {

/// See Settings::get. `context` has passed `enter`.
[[nodiscard]] Result<TenantSettings> read_settings(const Ports& ports, const CallContext& context);

}  // namespace stocktracker::inline v0
