/// @file
/// Ports: everything of the outside that the capabilities use, in one value.
#pragma once

#include <memory>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/executor.hpp>
#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/ports/key_provider.hpp>
#include <stocktracker/ports/random.hpp>
#include <stocktracker/ports/telemetry.hpp>

namespace stocktracker::inline v0 {

/// Shared by all services of an engine. All but `sealer` are set; without a sealer credentials are never stored.
struct Ports {
  std::shared_ptr<Storage> storage;
  std::shared_ptr<HttpTransport> transport;
  std::shared_ptr<Clock> clock;
  std::shared_ptr<Random> random;
  std::shared_ptr<Executor> executor;
  std::shared_ptr<Telemetry> telemetry;
  std::shared_ptr<Sealer> sealer;
};

}  // namespace stocktracker::inline v0
