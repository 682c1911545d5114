// Reports what remains of an account's limits.
#include <algorithm>

#include <stocktracker/marketplace/accounts.hpp>

#include "marketplace/account_list.hpp"

namespace stocktracker::inline v0 {

Result<std::vector<QuotaStatus>> Accounts::limits(const CallContext& given) const {
  const Ports& ports = core_->ports();
  STK_TRY(const auto context, enter(ports, given, Permission::account_read));
  STK_TRY(const auto accounts, read_all(*core_, context));
  std::vector<QuotaStatus> all = core_->policies().quota().status(ports.clock->now());
  if (!core_->many_tenants()) return all;
  // Adapters count by the seller's key. Counts by a token's hash, while the seller is not known, belong to no account.
  std::erase_if(all, [&](const QuotaStatus& one) {
    return std::none_of(accounts.begin(), accounts.end(), [&](const Account& account) {
      return account.channel.code() == one.rule.vendor && account.seller_key == one.owner;
    });
  });
  return all;
}

}  // namespace stocktracker::inline v0
