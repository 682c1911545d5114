// Ids of two kinds are never equal, and never compared.
// expect: no match for|invalid operands|deleted
#include <stocktracker/core/ids.hpp>

namespace st = stocktracker;

bool same(const st::TenantId& tenant, const st::AccountId& account) {
#ifdef MISUSE
  return tenant == account;
#else
  return tenant == tenant && account == account;
#endif
}
