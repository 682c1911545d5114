/// The parts of the service Events.
#pragma once

#include <memory>
#include <utility>

#include <stocktracker/ports/ports.hpp>

#include "tenant/relay.hpp"

namespace stocktracker::inline v0 {

class EventsCore {
 public:
  EventsCore(Ports given, std::shared_ptr<RelayCore> carrying) : ports(std::move(given)), relay(std::move(carrying)) {}
  const Ports ports;
  const std::shared_ptr<RelayCore> relay;  ///< reaches the control plane, which a handle's storage does not
};

}  // namespace stocktracker::inline v0
