/// @file
/// Scope: the one tenant and the principal that a handle is for. Services call `enter` first.
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

/// The context that a service works with: started (see CallContext::started), and of the handle's tenant and actor.
/// Without a scope the context is the caller's own and nothing is refused. With one, Errc::tenant_mismatch when the
/// context names another tenant or actor, Errc::permission_denied when the principal lacks the permission; a refusal is
/// recorded in the audit.
[[nodiscard]] STK_API Result<CallContext> enter(const Ports& ports, const CallContext& given, Permission permission);

}  // namespace stocktracker::inline v0
