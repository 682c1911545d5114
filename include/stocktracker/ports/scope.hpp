/// @file
/// Scope: the tenant and the principal of a handle. Services call `enter` first.
#pragma once

#include <memory>
#include <stop_token>

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

class CallGate;

/// Counts as a call in progress of its engine until it is destroyed: Engine::close waits for it.
class STK_API RunningCall {
 public:
  RunningCall() noexcept;
  explicit RunningCall(std::shared_ptr<CallGate> gate) noexcept;
  RunningCall(RunningCall&& other) noexcept;
  RunningCall& operator=(RunningCall&& other) noexcept;
  ~RunningCall();

 private:
  friend class CallGate;
  struct Stops;
  [[nodiscard]] std::stop_token joined(const std::stop_token& caller, const std::stop_token& gate);

  std::shared_ptr<CallGate> gate_;
  std::unique_ptr<Stops> stops_;
};

/// The context of one call, for as long as it runs. Its stop token is set by the caller's and by Engine::close. A copy
/// that outlives the call must have the caller's own token: see `enter_listing`.
struct EnteredCall : CallContext {
  RunningCall running;
};

/// The context that a service works with: started (see CallContext::started), with the handle's tenant and actor.
/// Without a scope it is the caller's context, and nothing is refused. With a scope: Errc::tenant_mismatch if the
/// context names another tenant or actor, Errc::permission_denied if the principal lacks the permission; the audit
/// records a refusal. Errc::engine_closed after Engine::close, Errc::engine_forked in a forked child.
[[nodiscard]] STK_API Result<EnteredCall> enter(const Ports& ports, const CallContext& given, Permission permission);
/// The same for a listing, which is no call in progress between two of its pages. Each page begins with `enter_page`.
[[nodiscard]] STK_API Result<CallContext> enter_listing(const Ports& ports, const CallContext& given,
                                                        Permission permission);
/// `listing`: the result of `enter_listing`.
[[nodiscard]] STK_API Result<EnteredCall> enter_page(const Ports& ports, const CallContext& listing);

}  // namespace stocktracker::inline v0
