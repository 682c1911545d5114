// Gives accounts new ids if theirs are in use, and removes their stamps.
#include "tenant/account_ids.hpp"

#include <algorithm>
#include <deque>

#include "sql/product_schema.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kAccounts{"account.ids", "SELECT account_id FROM account ORDER BY account_id"};
constexpr Statement kTaken{"account_directory.taken",
                           "SELECT count(*) FROM account_directory WHERE account_id = $1 AND tenant_id <> $2"};
constexpr Statement kClear{"account.clear_stamps",
                           "UPDATE account SET credential_stamp = '' WHERE credential_stamp <> ''"};

bool names_accounts(const TableKey& table) {
  return table.plane == Plane::tenant && std::any_of(table.columns.begin(), table.columns.end(),
                                                     [](const Column& column) { return column.name == "account_id"; });
}

/// One statement for each table with an account column. Drivers cache statements by the address of their text.
const std::deque<std::string>& rename_texts() {
  static const std::deque<std::string> texts = [] {
    std::deque<std::string> all;
    for (const TableKey& table : sql::product_schema().tables) {
      if (!names_accounts(table)) continue;
      all.push_back("UPDATE " + std::string(table.table) + " SET account_id = $2 WHERE account_id = $1");
    }
    return all;
  }();
  return texts;
}

Result<std::vector<std::string>> accounts_of(Database& plane, const CallContext& context) {
  std::vector<std::string> accounts;
  const auto read = [&](Transaction& tx) -> Result<void> {
    accounts.clear();
    STK_TRY(auto rows, tx.query(kAccounts));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      accounts.emplace_back(rows->text(0));
    }
  };
  STK_TRY(plane.transact(context, TransactMode::read, read));
  return accounts;
}

}  // namespace

Result<std::vector<std::string>> taken_elsewhere(Database& control, const TenantId& tenant,
                                                 std::span<const std::string> accounts, const CallContext& context) {
  std::vector<std::string> taken;
  const std::string own = tenant.text();
  const auto read = [&](Transaction& tx) -> Result<void> {
    taken.clear();
    for (const std::string& account : accounts) {
      STK_TRY(auto rows, tx.query(kTaken, {account, own}));
      STK_TRY(const bool counted, rows->next());
      if (counted && rows->integer(0) > 0) taken.push_back(account);
    }
    return success();
  };
  STK_TRY(control.transact(context, TransactMode::read, read));
  return taken;
}

Result<void> rename_account(Database& plane, const std::string& account, const AccountId& fresh,
                            const CallContext& context) {
  const std::string id = fresh.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    for (const std::string& text : rename_texts()) {
      STK_TRY(tx.execute({"account.rename", text}, {account, id}));
    }
    return success();
  };
  return plane.transact(context, TransactMode::bulk, write);
}

Result<void> clear_stamps(Database& plane, const CallContext& context) {
  const auto write = [](Transaction& tx) -> Result<void> {
    STK_TRY(tx.execute(kClear));
    return success();
  };
  return plane.transact(context, TransactMode::write, write);
}

Result<void> settle_accounts(Storage& storage, const TenantId& tenant, Random& random, Clock& clock,
                             const CallContext& context) {
  STK_TRY(auto plane, storage.tenant(tenant));
  STK_TRY(clear_stamps(*plane, context));
  STK_TRY(const auto accounts, accounts_of(*plane, context));
  STK_TRY(const auto taken, taken_elsewhere(storage.control(), tenant, accounts, context));
  for (const std::string& account : taken) {
    STK_TRY(rename_account(*plane, account, random.make_id<AccountId>(clock.now()), context));
  }
  return success();
}

}  // namespace stocktracker::inline v0
