/// What the inventory services share.
#pragma once

#include <stocktracker/ports/ports.hpp>

namespace stocktracker::inline v0 {

class InventoryCore {
 public:
  explicit InventoryCore(Ports given) : ports(std::move(given)) {}
  const Ports ports;
};

}  // namespace stocktracker::inline v0
