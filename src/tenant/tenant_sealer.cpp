// TenantSealer: seals with a tenant's data key, which is itself sealed by the master key.
#include "tenant/tenant_sealer.hpp"

#include <vector>

#include "tenant/key_records.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kHasData{"tenant.has_data",
                             "SELECT tenant_id FROM tenant WHERE tenant_id = $1 AND state NOT IN ('deleting', "
                             "'deleted')"};
constexpr Statement kDestroy{"tenant_key.destroy", "DELETE FROM tenant_key WHERE tenant_id = $1"};

/// A key is deleted at the earliest one hour after a newer one was added (see KeyRotation): long after every process
/// has noticed the newer one.
constexpr Duration kFresh = std::chrono::seconds(30);

Result<SealingKey> copy_of(const Result<SealingKey>& key) {
  if (!key) return key.error();
  return SealingKey{key.value().id, key.value().bytes.clone()};
}

}  // namespace

/// The opened keys of one tenant. A key that the present master key cannot open is kept as its error: texts that other
/// keys have sealed can still be opened.
class TenantSealer::Keys final : public KeyProvider {
 public:
  struct Entry {
    std::string id;
    Result<SealingKey> key;
  };
  explicit Keys(std::vector<Entry> entries) noexcept : entries_(std::move(entries)) {}

  /// Only the newest key or none: an older one may be deleted soon, with everything that it has sealed.
  Result<SealingKey> current() override { return copy_of(entries_.front().key); }
  Result<SealingKey> find(std::string_view id) override {
    for (const Entry& entry : entries_) {
      if (entry.id == id) return copy_of(entry.key);
    }
    return Error(Errc::key_missing, "the tenant has no such key");
  }

 private:
  const std::vector<Entry> entries_;  // the newest first
};

TenantSealer::~TenantSealer() = default;

std::string TenantSealer::name_of(std::int64_t number) { return "t" + std::to_string(number); }

SealContext TenantSealer::place_of(std::string_view tenant, std::string_view number) noexcept {
  return {tenant, "tenant_key", "sealed", number};
}

Result<void> TenantSealer::destroy(Transaction& tx, std::string_view tenant) {
  STK_TRY(tx.execute(kDestroy, {tenant}));
  return success();
}

TenantSealer::Held TenantSealer::held_of(std::string_view tenant) const {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(tenant);
  return found == held_.end() ? Held() : found->second;
}

Result<void> TenantSealer::warm(const TenantId& tenant, const CallContext& context) {
  const Held held = held_of(tenant.text());
  const Instant now = clock_->now();
  // A clock that was set back is no evidence.
  if (held.keys && held.read_at <= now && now < held.read_at + kFresh) return success();
  return refresh(tenant, context);
}

Result<void> TenantSealer::make_first(const std::string& id, const CallContext& context) {
  STK_TRY(const Secret fresh, master_->make_key());
  const std::string first = "1";
  STK_TRY(const auto sealed, master_->seal(fresh, place_of(id, first)));
  const std::int64_t now = clock_->now().micros();
  const auto write = [&](Transaction& tx) -> Result<void> {
    // A process that opened the data before the tenant was removed must not create a key for it.
    STK_TRY(auto rows, tx.query(kHasData, {id}));
    STK_TRY(const bool has_data, rows->next());
    if (!has_data) return Error(Errc::not_found, "there is no tenant " + id).about("tenant");
    STK_TRY(tx.upsert("tenant_key", OnConflict::ignore,  // another process may have been faster
                      {SqlColumn::constant("tenant_id", id), SqlColumn::constant("number", 1),
                       SqlColumn::constant("sealed", SqlValue::blob(sealed)), SqlColumn::constant("created_at", now)}));
    return success();
  };
  return storage_->control().transact(context, TransactMode::write, write);
}

Result<void> TenantSealer::refresh(const TenantId& tenant, const CallContext& context) {
  const std::string id = tenant.text();
  const Instant read_at = clock_->now();
  Database& control = storage_->control();
  STK_TRY(auto rows, read_data_keys(control, tenant, context));
  if (rows.empty()) {
    STK_TRY(make_first(id, context));
    STK_TRY(rows, read_data_keys(control, tenant, context));
    if (rows.empty()) return Error(Errc::key_missing, "the tenant's key was destroyed").about("tenant");
  }
  const auto before = held_of(id).keys;
  std::vector<Keys::Entry> entries;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    const std::string name = name_of(row->number);
    auto key = before ? before->find(name) : Result<SealingKey>(Errc::key_missing);
    if (!key) {
      const std::string number = std::to_string(row->number);
      auto bytes = master_->open(row->sealed, place_of(id, number));
      key = bytes ? Result<SealingKey>(SealingKey{name, std::move(bytes).value()})
                  : Result<SealingKey>(std::move(bytes).error());
    }
    // If no key can be opened, nothing works; a process that has opened keys before keeps them.
    if (!key && entries.empty() && !before) return std::move(key).error();
    entries.push_back({name, std::move(key)});
  }
  auto keys = std::make_shared<Keys>(std::move(entries));
  auto sealer = master_->over(keys);
  const std::lock_guard lock(mutex_);
  held_.insert_or_assign(id, Held{std::move(keys), std::move(sealer), read_at});
  return success();
}

void TenantSealer::forget(const TenantId& tenant) {
  const std::lock_guard lock(mutex_);
  held_.erase(tenant.text());
}

Result<std::shared_ptr<Sealer>> TenantSealer::sealer_of(std::string_view tenant) const {
  auto sealer = held_of(tenant).sealer;
  if (!sealer) return Error(Errc::key_missing, "the tenant's key is not available").about("tenant");
  return sealer;
}

Result<std::string> TenantSealer::seal(const Secret& text, const SealContext& context) {
  STK_TRY(const auto sealer, sealer_of(context.tenant));
  return sealer->seal(text, context);
}

Result<Secret> TenantSealer::open(std::string_view sealed, const SealContext& context) {
  STK_TRY(auto sealer, sealer_of(context.tenant));
  auto opened = sealer->open(sealed, context);
  if (opened || opened.error().errc() != Errc::key_missing) return opened;
  // Another process may have added the key since the keys were read.
  const auto tenant = TenantId::parse(context.tenant);
  if (!tenant || !refresh(tenant.value(), {})) return opened;
  STK_TRY(sealer, sealer_of(context.tenant));
  return sealer->open(sealed, context);
}

}  // namespace stocktracker::inline v0
