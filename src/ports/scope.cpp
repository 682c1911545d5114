#include <stocktracker/ports/scope.hpp>

#include <stocktracker/ports/ports.hpp>

namespace stocktracker::inline v0 {
namespace {

Error refuse(const Ports& ports, const CallContext& context, Permission permission, Error error) {
  if (ports.audit) {
    const Scope& scope = *ports.scope;
    ports.audit->record({.at = ports.clock->now(),
                         .tenant = scope.tenant,
                         .actor = scope.principal.actor,
                         .action = to_string(permission),
                         .refused = error.errc(),
                         .request_id = context.request_id});
  }
  return std::move(error).in(context);
}

}  // namespace

Result<CallContext> enter(const Ports& ports, const CallContext& given, Permission permission) {
  CallContext context = given.started(ports.clock->now());
  if (!ports.scope) return context;
  const Scope& scope = *ports.scope;
  if (!context.tenant.is_nil() && context.tenant != scope.tenant) {
    return refuse(ports, given, permission,
                  Error(Errc::tenant_mismatch, "the context names another tenant than the handle").about("tenant"));
  }
  if (!context.actor.empty() && context.actor != scope.principal.actor) {
    return refuse(ports, given, permission,
                  Error(Errc::tenant_mismatch, "the context names another actor than the handle").about("actor"));
  }
  if (!scope.principal.permissions.has(permission)) {
    return refuse(
        ports, given, permission,
        Error(Errc::permission_denied, scope.principal.actor + " lacks the permission " + to_string(permission)));
  }
  context.tenant = scope.tenant;
  context.actor = scope.principal.actor;
  return context;
}

}  // namespace stocktracker::inline v0
