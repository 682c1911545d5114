// Goes through the tenants and computes the products of each again.
#include "server/app/recompute.hpp"

#include <algorithm>

#include <stocktracker/inventory/listings.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/tenant/tenants.hpp>

namespace server {

namespace st = stocktracker;

st::Result<Recomputed> recompute_products(const st::Engine& engine, const st::CallContext& context,
                                          const std::vector<st::TenantId>& left_out) {
  Recomputed done;
  auto tenants = engine.tenants().list({}, context);
  while (auto next = tenants.next()) {
    STK_TRY(const st::Tenant& tenant, *next);
    if (!context.tenant.is_nil() && context.tenant != tenant.id) continue;
    if (std::find(left_out.begin(), left_out.end(), tenant.id) != left_out.end()) continue;
    if (tenant.state == st::TenantState::suspended) ++done.suspended;
    if (tenant.state != st::TenantState::active) continue;
    st::CallContext each = context;
    each.tenant = tenant.id;
    const auto report = engine.listings().recompute_products(each);
    if (report) {
      ++done.tenants;
      done.changed += report.value().changed;
    } else {
      done.failed.emplace_back(tenant.id, report.error());
    }
    STK_TRY(context.check(engine.clock().now()));
  }
  return done;
}

}  // namespace server
