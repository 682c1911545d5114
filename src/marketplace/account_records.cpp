// Rows of accounts, health, credentials and their facts.
#include "marketplace/account_records.hpp"

#include <algorithm>

#include <stocktracker/core/json_writer.hpp>

#include "json/document.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kFacts{"credential_fact.of_account",
                           "SELECT part, kind, categories, read_only, expires_at FROM credential_fact "
                           "WHERE account_id = $1 ORDER BY part"};
constexpr Statement kForgetFacts{"credential_fact.forget", "DELETE FROM credential_fact WHERE account_id = $1"};
constexpr Statement kHealth{"account_health.read",
                            "SELECT state, since, reason, parameters, checked_at FROM account_health "
                            "WHERE account_id = $1"};
constexpr Statement kRecall{"account_memory.read",
                            "SELECT value FROM account_memory WHERE account_id = $1 AND name = $2"};
constexpr Statement kForgetOne{"account_memory.forget_one",
                               "DELETE FROM account_memory WHERE account_id = $1 AND name = $2"};
constexpr Statement kForgetCredentials{"credential.forget", "DELETE FROM credential WHERE account_id = $1"};
constexpr Statement kEndLease{"lease.end", "UPDATE lease SET fence = fence + 1, expires_at = 0 WHERE account_id = $1"};
constexpr Statement kForgetAll{"account_memory.forget", "DELETE FROM account_memory WHERE account_id = $1"};

/// Replaces a blank inside a name: blanks separate names, and older stores contain such names.
constexpr char kBlankWithin = '\x1f';

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::string word : words) {
    std::replace(word.begin(), word.end(), ' ', kBlankWithin);
    text.append(text.empty() ? "" : " ").append(word);
  }
  return text;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) {
      std::string& word = words.emplace_back(text.substr(0, end));
      std::replace(word.begin(), word.end(), kBlankWithin, ' ');
    }
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return words;
}

std::string parameters_text(const HealthReason& reason) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  for (const HealthParameter& parameter : reason.parameters) {
    json.field(parameter.name, std::string_view(parameter.value));
  }
  json.end_object();
  return text;
}

Result<std::vector<HealthParameter>> parameters_of(std::string_view text) {
  std::vector<HealthParameter> parameters;
  STK_TRY(const auto document, json::Document::parse(text));
  const auto take = [&](std::string_view name, json::Value value) -> Result<void> {
    parameters.push_back({std::string(name), std::string(value.text().value_or(""))});
    return success();
  };
  STK_TRY(document.root().each_member(take));
  return parameters;
}

class StoredMemory final : public AccountMemory {
 public:
  StoredMemory(std::shared_ptr<Database> database, std::string account)
      : database_(std::move(database)), account_(std::move(account)) {}

  Result<std::string> get(std::string_view name, const CallContext& context) override {
    std::string value;
    const auto read = [&](Transaction& tx) -> Result<void> {
      STK_TRY(auto rows, tx.query(kRecall, {account_, name}));
      STK_TRY(const bool found, rows->next());
      value = found ? std::string(rows->text(0)) : std::string();
      return success();
    };
    STK_TRY(database_->transact(context, TransactMode::read, read));
    return value;
  }

  Result<void> set(std::string_view name, std::string_view value, const CallContext& context) override {
    const auto write = [&](Transaction& tx) { return write_memory(tx, account_, name, value); };
    return database_->transact(context, TransactMode::write, write);
  }

 private:
  const std::shared_ptr<Database> database_;
  const std::string account_;
};

}  // namespace

Result<std::vector<CredentialFacts>> read_facts(Transaction& tx, const std::string& account) {
  std::vector<CredentialFacts> facts;
  STK_TRY(auto rows, tx.query(kFacts, {account}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return facts;
    CredentialFacts fact;
    fact.part = rows->text(0);
    fact.kind = rows->text(1);
    fact.categories = words_of(rows->text(2));
    fact.read_only = rows->integer(3) != 0;
    if (!rows->is_null(4)) fact.expires_at = Instant::from_micros(rows->integer(4));
    facts.push_back(std::move(fact));
  }
}

Result<void> replace_facts(Transaction& tx, const std::string& account, const std::vector<CredentialFacts>& facts) {
  STK_TRY(tx.execute(kForgetFacts, {account}));
  for (const CredentialFacts& fact : facts) {
    const std::string categories = joined(fact.categories);
    STK_TRY(tx.upsert(
        "credential_fact", OnConflict::update,
        {SqlColumn::constant("account_id", account), SqlColumn::constant("part", fact.part),
         SqlColumn::constant("kind", fact.kind), SqlColumn::constant("categories", categories),
         SqlColumn::constant("read_only", fact.read_only ? 1 : 0),
         SqlColumn::constant("expires_at", fact.expires_at ? SqlValue(fact.expires_at->micros()) : SqlValue())}));
  }
  return success();
}

Result<std::optional<AccountHealth>> read_health(Transaction& tx, const std::string& account) {
  STK_TRY(auto rows, tx.query(kHealth, {account}));
  STK_TRY(const bool found, rows->next());
  if (!found) return std::optional<AccountHealth>();
  AccountHealth health;
  health.state = static_cast<HealthState>(rows->integer(0));
  health.since = Instant::from_micros(rows->integer(1));
  health.checked_at = Instant::from_micros(rows->integer(4));
  if (!rows->is_null(2)) {
    HealthReason reason;
    reason.code = rows->text(2);
    STK_TRY(reason.parameters, parameters_of(rows->text(3)));
    health.reason = std::move(reason);
  }
  return std::optional<AccountHealth>(std::move(health));
}

Result<void> write_health(Transaction& tx, const std::string& account, const AccountHealth& health) {
  const std::string parameters = health.reason ? parameters_text(*health.reason) : std::string("{}");
  STK_TRY(tx.upsert(
      "account_health", OnConflict::update,
      {SqlColumn::constant("account_id", account),
       SqlColumn::constant("state", static_cast<std::int64_t>(health.state)),
       SqlColumn::constant("since", health.since.micros()),
       SqlColumn::constant("reason", health.reason ? SqlValue(health.reason->code) : SqlValue()),
       SqlColumn::constant("parameters", parameters), SqlColumn::constant("checked_at", health.checked_at.micros())}));
  return success();
}

Result<void> note_refused_address(Transaction& tx, const std::string& account, const std::string& why, Instant now) {
  const HealthFinding finding{HealthState::denied, {std::string(kAddressReason), {{"why", why}}}};
  STK_TRY(const auto before, read_health(tx, account));
  return write_health(tx, account, health_after(before, {&finding, 1}, now));
}

Result<void> forget_memory(Transaction& tx, const std::string& account) {
  STK_TRY(tx.execute(kForgetAll, {account}));
  return success();
}

Result<void> write_memory(Transaction& tx, const std::string& account, std::string_view name, std::string_view value) {
  if (value.empty()) {
    STK_TRY(tx.execute(kForgetOne, {account, name}));
    return success();
  }
  STK_TRY(tx.upsert("account_memory", OnConflict::update,
                    {SqlColumn::constant("account_id", account), SqlColumn::constant("name", name),
                     SqlColumn::constant("value", value)}));
  return success();
}

Result<void> forget_credentials(Transaction& tx, std::string_view account) {
  STK_TRY(tx.execute(kForgetCredentials, {account}));
  return success();
}

Result<void> end_lease(Transaction& tx, std::string_view account) {
  STK_TRY(tx.execute(kEndLease, {account}));
  return success();
}

std::shared_ptr<AccountMemory> make_account_memory(std::shared_ptr<Database> database, const AccountId& account) {
  return std::make_shared<StoredMemory>(std::move(database), account.text());
}

}  // namespace stocktracker::inline v0
