/// @file
/// Ports: all interfaces to the outside that the capabilities use, in one value.
#pragma once

#include <memory>

#include <stocktracker/ports/audit_sink.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/executor.hpp>
#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/ports/key_provider.hpp>
#include <stocktracker/ports/random.hpp>
#include <stocktracker/ports/scope.hpp>
#include <stocktracker/ports/telemetry.hpp>

namespace stocktracker::inline v0 {

/// Shared by all services of an engine. The last four may be null. Without a sealer, credentials are never stored.
/// Without an audit, nothing is recorded in one. Without a scope, nothing is refused: the program's own engine. Without
/// a gate, calls are not counted: nobody closes them.
struct Ports {
  std::shared_ptr<Storage> storage;
  std::shared_ptr<HttpTransport> transport;
  std::shared_ptr<Clock> clock;
  std::shared_ptr<Random> random;
  std::shared_ptr<Executor> executor;
  std::shared_ptr<Telemetry> telemetry;
  std::shared_ptr<Sealer> sealer;
  std::shared_ptr<AuditSink> audit;
  std::shared_ptr<const Scope> scope;
  std::shared_ptr<CallGate> calls;
};

}  // namespace stocktracker::inline v0
