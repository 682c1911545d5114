// A tenant where an account is meant.
// expect: invalid initialization|no known conversion|could not convert|cannot convert|no viable conversion
#include <stocktracker/core/ids.hpp>

namespace st = stocktracker;

bool is_open(const st::AccountId& account);

bool ask(const st::TenantId& tenant, const st::AccountId& account) {
#ifdef MISUSE
  return is_open(tenant) && !account.is_nil();
#else
  return is_open(account) && !tenant.is_nil();
#endif
}
