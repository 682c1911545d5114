#include "tenant/tenant_sealer.hpp"

#include <optional>
#include <vector>

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kKeys{"tenant_key.of_tenant",
                          "SELECT number, sealed FROM tenant_key WHERE tenant_id = $1 ORDER BY number DESC"};
constexpr Statement kDestroy{"tenant_key.destroy", "DELETE FROM tenant_key WHERE tenant_id = $1"};

/// Sealed texts remember their key by this.
std::string key_name(std::int64_t number) { return "t" + std::to_string(number); }

class KeysOfTenant final : public KeyProvider {
 public:
  explicit KeysOfTenant(std::vector<SealingKey> keys) noexcept : keys_(std::move(keys)) {}
  Result<SealingKey> current() override { return copy_of(keys_.front()); }
  Result<SealingKey> find(std::string_view id) override {
    for (const SealingKey& key : keys_) {
      if (key.id == id) return copy_of(key);
    }
    return Error(Errc::key_missing, "the tenant has no such key");
  }

 private:
  static SealingKey copy_of(const SealingKey& key) { return {key.id, key.bytes.clone()}; }
  const std::vector<SealingKey> keys_;  // the newest first
};

struct SealedKey {
  std::int64_t number = 0;
  std::string bytes;
};

Result<std::vector<SealedKey>> read_keys(Database& control, const std::string& tenant, const CallContext& context) {
  std::vector<SealedKey> keys;
  const auto read = [&](Transaction& tx) -> Result<void> {
    keys.clear();
    STK_TRY(auto rows, tx.query(kKeys, {tenant}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      keys.push_back({rows->integer(0), std::string(rows->text(1))});
    }
  };
  STK_TRY(control.transact(context, TransactMode::read, read));
  return keys;
}

SealContext place_of(const std::string& tenant, const std::string& number) {
  return {tenant, "tenant_key", "sealed", number};
}

}  // namespace

Result<void> TenantSealer::destroy(Transaction& tx, std::string_view tenant) {
  STK_TRY(tx.execute(kDestroy, {tenant}));
  return success();
}

Result<void> TenantSealer::warm(const TenantId& tenant, const CallContext& context) {
  const std::string id = tenant.text();
  {
    const std::lock_guard lock(mutex_);
    if (sealers_.contains(id)) return success();
  }
  Database& control = storage_->control();
  STK_TRY(auto keys, read_keys(control, id, context));
  if (keys.empty()) {
    STK_TRY(const Secret fresh, master_->make_key());
    const std::string first = "1";
    STK_TRY(const auto sealed, master_->seal(fresh, place_of(id, first)));
    const std::int64_t now = clock_->now().micros();
    const auto write = [&](Transaction& tx) -> Result<void> {
      STK_TRY(
          tx.upsert("tenant_key", OnConflict::ignore,  // another process may have been first
                    {SqlColumn::constant("tenant_id", id), SqlColumn::constant("number", 1),
                     SqlColumn::constant("sealed", SqlValue::blob(sealed)), SqlColumn::constant("created_at", now)}));
      return success();
    };
    STK_TRY(control.transact(context, TransactMode::write, write));
    STK_TRY(keys, read_keys(control, id, context));
    if (keys.empty()) return Error(Errc::key_missing, "the tenant's key was destroyed").about("tenant");
  }
  std::vector<SealingKey> opened;
  for (const SealedKey& key : keys) {
    const std::string number = std::to_string(key.number);
    STK_TRY(auto bytes, master_->open(key.bytes, place_of(id, number)));
    opened.push_back({key_name(key.number), std::move(bytes)});
  }
  auto sealer = master_->over(std::make_shared<KeysOfTenant>(std::move(opened)));
  const std::lock_guard lock(mutex_);
  sealers_.try_emplace(id, std::move(sealer));
  return success();
}

void TenantSealer::forget(const TenantId& tenant) {
  const std::lock_guard lock(mutex_);
  sealers_.erase(tenant.text());
}

Result<std::shared_ptr<Sealer>> TenantSealer::sealer_of(std::string_view tenant) const {
  const std::lock_guard lock(mutex_);
  const auto found = sealers_.find(tenant);
  if (found == sealers_.end()) return Error(Errc::key_missing, "the tenant's key is not at hand").about("tenant");
  return found->second;
}

Result<std::string> TenantSealer::seal(const Secret& text, const SealContext& context) {
  STK_TRY(const auto sealer, sealer_of(context.tenant));
  return sealer->seal(text, context);
}

Result<Secret> TenantSealer::open(std::string_view sealed, const SealContext& context) {
  STK_TRY(const auto sealer, sealer_of(context.tenant));
  return sealer->open(sealed, context);
}

}  // namespace stocktracker::inline v0
