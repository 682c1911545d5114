// Lists accounts, and finds one by label, seller or id.
#include "marketplace/account_list.hpp"

#include <algorithm>

#include "core/storable_text.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kAll{"account.all",
                         "SELECT account_id, channel, seller_key, seller_name, label, connected_at, disconnected_at "
                         "FROM account ORDER BY account_id"};
constexpr Statement kOne{"account.one",
                         "SELECT account_id, channel, seller_key, seller_name, label, connected_at, disconnected_at "
                         "FROM account WHERE account_id = $1"};
constexpr Statement kLabelTaken{"account.label_taken",
                                "SELECT count(*) FROM account WHERE label = $1 AND account_id <> $2"};

Result<Account> account_of(const RowCursor& row) {
  Account account;
  STK_TRY(account.id, AccountId::parse(row.text(0)));
  account.channel = Channel(row.text(1));
  account.seller_key = row.text(2);
  account.seller_name = row.text(3);
  account.label = row.text(4);
  account.connected_at = Instant::from_micros(row.integer(5));
  if (!row.is_null(6)) account.disconnected_at = Instant::from_micros(row.integer(6));
  return account;
}

}  // namespace

Result<std::vector<Account>> read_all(const AccountsCore& core, const CallContext& context) {
  std::vector<Account> accounts;
  STK_TRY(auto database, core.ports().storage->tenant(context.tenant));
  const auto read = [&](Transaction& tx) -> Result<void> {
    accounts.clear();
    STK_TRY(auto rows, tx.query(kAll));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(auto account, account_of(*rows));
      accounts.push_back(std::move(account));
    }
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return accounts;
}

Result<Account> read_account(Transaction& tx, const AccountId& id) {
  const std::string text = id.text();
  STK_TRY(auto rows, tx.query(kOne, {text}));
  STK_TRY(const bool known, rows->next());
  if (!known) return Error(Errc::not_found, "there is no account " + text).about("account");
  return account_of(*rows);
}

Result<void> check_label(std::string_view label) {
  if (is_visible_name(label, kLongestKey)) return success();
  return Error(Errc::invalid_argument,
               "the label must be UTF-8 of at most 1,024 bytes, not blank, without control characters and marks that "
               "turn the direction of writing")
      .about("label");
}

Error label_is_taken(std::string_view label) {
  return Error(Errc::already_exists, "the label " + std::string(label) + " is taken; choose another one")
      .about("label");
}

Result<bool> label_taken(Transaction& tx, std::string_view label, std::string_view id) {
  STK_TRY(auto rows, tx.query(kLabelTaken, {label, id}));
  STK_TRY(const bool any, rows->next());
  return any && rows->integer(0) > 0;
}

Result<Account> find_account(const AccountsCore& core, std::string_view name, const CallContext& context) {
  STK_TRY(auto all, read_all(core, context));
  // An id names one account, also if another one has it as its label.
  const auto by_id = std::find_if(all.begin(), all.end(), [&](const Account& one) { return one.id.text() == name; });
  if (by_id != all.end()) return std::move(*by_id);
  const Account* found = nullptr;
  for (const Account& account : all) {
    if (account.label != name && account.seller_key != name) continue;
    if (found != nullptr) {
      return Error(Errc::invalid_argument, "several accounts are called " + std::string(name) + "; use the id")
          .about("account");
    }
    found = &account;
  }
  if (found == nullptr) return Error(Errc::not_found, "there is no account " + std::string(name)).about("account");
  return *found;
}

}  // namespace stocktracker::inline v0
