/// @file
/// Scope: the tenant and the principal of a handle. Services call `enter` first.
#pragma once

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/principal.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

struct Ports;

/// Made by Engine::as. A handle with a scope reaches this tenant and no other.
struct Scope {
  TenantId tenant;
  Principal principal;
};

/// The context that a service works with: started (see CallContext::started), with the handle's tenant and actor.
/// Without a scope it is the caller's context, and nothing is refused. With a scope: Errc::tenant_mismatch if the
/// context names another tenant or actor, Errc::permission_denied if the principal lacks the permission; the audit
/// records a refusal.
[[nodiscard]] STK_API Result<CallContext> enter(const Ports& ports, const CallContext& given, Permission permission);

}  // namespace stocktracker::inline v0
