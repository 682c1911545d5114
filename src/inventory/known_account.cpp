// Looks for an account that a query names.
#include "inventory/known_account.hpp"

#include <string>

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kAccount{"account.known", "SELECT 1 FROM account WHERE account_id = $1"};

}  // namespace

Result<void> require_account(Transaction& tx, const AccountId& account) {
  const std::string id = account.text();
  STK_TRY(auto rows, tx.query(kAccount, {id}));
  STK_TRY(const bool known, rows->next());
  if (!known) return Error(Errc::not_found, "there is no account " + id).about("account");
  return success();
}

Result<void> require_account(Transaction& tx, const std::optional<AccountId>& account) {
  return account ? require_account(tx, *account) : Result<void>(success());
}

}  // namespace stocktracker::inline v0::inventory
