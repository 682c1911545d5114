// Computes the stored products of tenants again: after a migration, and for rows that the doctor found damaged.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <stocktracker/assembly/engine.hpp>

namespace server {

struct Recomputed {
  std::size_t tenants = 0;    // with complete products now
  std::int64_t changed = 0;   // rows that were missing, wrong or too much
  std::size_t suspended = 0;  // tenants that nothing may be written for
  std::vector<std::pair<stocktracker::TenantId, stocktracker::Error>> failed{};
};

// Of the context's tenant; without one, of all that have data and are not `left_out`. A tenant that fails does not stop
// the others.
[[nodiscard]] stocktracker::Result<Recomputed> recompute_products(
    const stocktracker::Engine& engine, const stocktracker::CallContext& context,
    const std::vector<stocktracker::TenantId>& left_out = {});

}  // namespace server
