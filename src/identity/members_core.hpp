/// The parts of the service Members.
#pragma once

#include <memory>
#include <utility>

#include <stocktracker/ports/ports.hpp>

#include "tenant/tenants_core.hpp"

namespace stocktracker::inline v0 {

class MembersCore {
 public:
  MembersCore(Ports given, std::shared_ptr<TenantsCore> reaching)
      : ports(std::move(given)), tenants(std::move(reaching)) {}
  const Ports ports;
  const std::shared_ptr<TenantsCore> tenants;  ///< reaches the control plane, which a handle's storage does not
};

}  // namespace stocktracker::inline v0
