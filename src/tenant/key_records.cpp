// Rows of sealed data keys in the control plane, and of sealed credentials in a tenant's plane.
#include "tenant/key_records.hpp"

#include <stocktracker/tenant/tenant.hpp>

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kOfTenant{"tenant_key.of_tenant",
                              "SELECT tenant_id, number, sealed, created_at, retired_at FROM tenant_key "
                              "WHERE tenant_id = $1 ORDER BY number"};
constexpr Statement kOfAll{"tenant_key.of_all",
                           "SELECT tenant_id, number, sealed, created_at, retired_at FROM tenant_key "
                           "ORDER BY tenant_id, number"};
constexpr Statement kReplaceKey{
    "tenant_key.replace", "UPDATE tenant_key SET sealed = $4 WHERE tenant_id = $1 AND number = $2 AND sealed = $3"};
constexpr Statement kRetire{"tenant_key.retire",
                            "UPDATE tenant_key SET retired_at = $3 "
                            "WHERE tenant_id = $1 AND number < $2 AND retired_at IS NULL"};
constexpr Statement kDelete{"tenant_key.delete_retired",
                            "DELETE FROM tenant_key WHERE tenant_id = $1 AND number = $2 AND retired_at < $3"};
constexpr Statement kState{"tenant.state", "SELECT state FROM tenant WHERE tenant_id = $1"};
constexpr Statement kParts{"credential.all",
                           "SELECT account_id, name, sealed FROM credential ORDER BY account_id, name"};
constexpr Statement kReplacePart{
    "credential.replace", "UPDATE credential SET sealed = $4 WHERE account_id = $1 AND name = $2 AND sealed = $3"};

Result<DataKeyRow> data_key_of(const RowCursor& row) {
  DataKeyRow key;
  STK_TRY(key.tenant, TenantId::parse(row.text(0)));
  key.number = row.integer(1);
  key.sealed = row.text(2);
  key.created_at = Instant::from_micros(row.integer(3));
  if (!row.is_null(4)) key.retired_at = Instant::from_micros(row.integer(4));
  return key;
}

/// A tenant that is being deleted must not get a key: its credentials could be opened again.
Result<void> may_get_key(Transaction& tx, const std::string& tenant) {
  STK_TRY(auto rows, tx.query(kState, {tenant}));
  STK_TRY(const bool found, rows->next());
  const std::string_view state = found ? rows->text(0) : std::string_view();
  if (state == to_string(TenantState::active) || state == to_string(TenantState::suspended)) return success();
  if (state == to_string(TenantState::quarantined)) {
    return Error(Errc::tenant_quarantined, "tenant " + tenant + " is quarantined").about("tenant");
  }
  return Error(Errc::not_found, "there is no tenant " + tenant).about("tenant");
}

}  // namespace

Result<std::vector<DataKeyRow>> read_data_keys(Database& control, const TenantId& tenant, const CallContext& context) {
  std::vector<DataKeyRow> keys;
  const std::string id = tenant.is_nil() ? std::string() : tenant.text();
  const auto read = [&](Transaction& tx) -> Result<void> {
    keys.clear();
    STK_TRY(auto rows, id.empty() ? tx.query(kOfAll) : tx.query(kOfTenant, {id}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(auto key, data_key_of(*rows));
      keys.push_back(std::move(key));
    }
  };
  STK_TRY(control.transact(context, TransactMode::read, read));
  return keys;
}

Result<bool> replace_data_key(Database& control, const DataKeyRow& row, std::string_view sealed,
                              const CallContext& context) {
  const std::string id = row.tenant.text();
  std::int64_t replaced = 0;
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(replaced, tx.execute(kReplaceKey, {id, row.number, SqlValue::blob(row.sealed), SqlValue::blob(sealed)}));
    return success();
  };
  STK_TRY(control.transact(context, TransactMode::write, write));
  return replaced == 1;
}

Result<bool> add_data_key(Database& control, const DataKeyRow& row, const CallContext& context) {
  const std::string id = row.tenant.text();
  const std::int64_t now = row.created_at.micros();
  std::int64_t added = 0;
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(may_get_key(tx, id));
    STK_TRY(added, tx.upsert("tenant_key", OnConflict::ignore,
                             {SqlColumn::constant("tenant_id", id), SqlColumn::constant("number", row.number),
                              SqlColumn::constant("sealed", SqlValue::blob(row.sealed)),
                              SqlColumn::constant("created_at", now)}));
    STK_TRY(tx.execute(kRetire, {id, row.number, now}));
    return success();
  };
  STK_TRY(control.transact(context, TransactMode::write, write));
  return added == 1;
}

Result<std::int64_t> delete_data_key(Database& control, const TenantId& tenant, std::int64_t number,
                                     Instant retired_before, const CallContext& context) {
  const std::string id = tenant.text();
  std::int64_t deleted = 0;
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(deleted, tx.execute(kDelete, {id, number, retired_before.micros()}));
    return success();
  };
  STK_TRY(control.transact(context, TransactMode::write, write));
  return deleted;
}

Result<std::vector<SealedPart>> read_sealed_parts(Database& plane, TransactMode mode, const CallContext& context) {
  std::vector<SealedPart> parts;
  const auto read = [&](Transaction& tx) -> Result<void> {
    parts.clear();
    STK_TRY(auto rows, tx.query(kParts));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      parts.push_back({std::string(rows->text(0)), std::string(rows->text(1)), std::string(rows->text(2))});
    }
  };
  STK_TRY(plane.transact(context, mode, read));
  return parts;
}

Result<std::int64_t> replace_parts(Database& plane, const std::vector<ResealedPart>& parts,
                                   const CallContext& context) {
  std::int64_t replaced = 0;
  const auto write = [&](Transaction& tx) -> Result<void> {
    replaced = 0;
    for (const ResealedPart& part : parts) {
      STK_TRY(const auto changed,
              tx.execute(kReplacePart, {part.before.account, part.before.name, SqlValue::blob(part.before.sealed),
                                        SqlValue::blob(part.sealed)}));
      replaced += changed;
    }
    return success();
  };
  STK_TRY(plane.transact(context, TransactMode::write, write));
  return replaced;
}

}  // namespace stocktracker::inline v0
