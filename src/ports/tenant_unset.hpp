/// The error of a call that names no tenant in a store without a default one.
#pragma once

#include <stocktracker/core/error.hpp>

namespace stocktracker::inline v0 {

[[nodiscard]] inline Error tenant_unset() {
  return Error(Errc::tenant_unset,
               "no tenant is chosen, and this store has no default one; set CallContext::tenant, or call through a "
               "handle of the tenant (Engine::as)")
      .about("tenant");
}

}  // namespace stocktracker::inline v0
