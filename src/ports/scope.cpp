// Enters a tenant as a principal, or refuses.
#include <stocktracker/ports/scope.hpp>

#include <stocktracker/ports/ports.hpp>

#include "ports/actor.hpp"
#include "ports/audited.hpp"
#include "ports/call_gate.hpp"

namespace stocktracker::inline v0 {
namespace {

std::optional<Error> refusal(const Scope& scope, const CallContext& given, Permission permission) {
  if (!given.tenant.is_nil() && given.tenant != scope.tenant) {
    return Error(Errc::tenant_mismatch,
                 "the context names another tenant than the handle; leave it empty, or make a handle for that tenant")
        .about("tenant");
  }
  if (!given.actor.empty() && given.actor != scope.principal.actor) {
    return Error(Errc::tenant_mismatch,
                 "the context names another actor than the handle; leave it empty, or make a handle for that actor")
        .about("actor");
  }
  if (!scope.principal.permissions.has(permission)) {
    return Error(Errc::permission_denied, scope.principal.actor + " lacks the permission " + to_string(permission))
        .about("permission");
  }
  return std::nullopt;
}

}  // namespace

Result<EnteredCall> enter(const Ports& ports, const CallContext& given, Permission permission) {
  STK_TRY(auto context, begin_call(ports.calls, *ports.clock, given));
  if (!ports.scope) {
    STK_TRY(check_actor(context.actor));
    return context;
  }
  const Scope& scope = *ports.scope;
  auto refused = refusal(scope, given, permission);
  // From here on the handle's own tenant and actor: a refusal is recorded for the caller, not for the one in the
  // context.
  context.tenant = scope.tenant;
  context.actor = scope.principal.actor;
  if (!refused) return context;
  record(ports.audit.get(), *ports.clock, {to_string(permission), scope.tenant}, context, refused->errc());
  return std::move(*refused).in(context);
}

Result<CallContext> enter_listing(const Ports& ports, const CallContext& given, Permission permission) {
  STK_TRY(auto entered, enter(ports, given, permission));
  CallContext context = std::move(entered);
  context.stop = given.stop;
  return context;
}

Result<EnteredCall> enter_page(const Ports& ports, const CallContext& listing) {
  return begin_call(ports.calls, *ports.clock, listing);
}

}  // namespace stocktracker::inline v0
