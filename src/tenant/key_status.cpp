// Lists keys, and counts what each has sealed.
#include <algorithm>

#include "tenant/key_rotation.hpp"

namespace stocktracker::inline v0 {
namespace {

/// A key that the provider does not have is counted, too: somebody has to find it.
void count(std::vector<MasterKeyUse>& uses, const std::string& id) {
  auto use = std::find_if(uses.begin(), uses.end(), [&](const MasterKeyUse& each) { return each.id == id; });
  if (use == uses.end()) use = uses.insert(uses.end(), MasterKeyUse{id});
  ++use->sealed;
}

/// Number of parts that each key has sealed, by the key's name.
std::int64_t sealed_by(const std::vector<SealedPart>& parts, const Sealer& sealer, const std::string& name) {
  return std::count_if(parts.begin(), parts.end(), [&](const SealedPart& part) {
    const auto id = sealer.key_id(part.sealed);
    return id && id.value() == name;
  });
}

}  // namespace

Result<KeyStatus> KeyRotation::status(const CallContext& context) const {
  STK_TRY(need_keys());
  KeyStatus status;
  STK_TRY(const auto ids, parts_.keys->ids());
  for (const std::string& id : ids) status.master.push_back({id, status.master.empty(), true, 0});
  const auto count_master = [&](const TenantId& tenant, std::string_view sealed) -> std::string {
    auto id = parts_.master->key_id(sealed);
    if (id) {
      count(status.master, id.value());
      return std::move(id).value();
    }
    status.failures.push_back({tenant, std::move(id).error()});
    return {};
  };
  if (!many()) {
    STK_TRY(const auto parts, own_parts(context));
    for (const SealedPart& part : parts) count_master(kDefaultTenant, part.sealed);
    return status;
  }
  // Master keys are counted over all tenants, even if the context names one: a key that one tenant needs is needed.
  STK_TRY(const auto keys, read_data_keys(storage().control(), {}, context));
  const Instant removable_before = clock().now() - kKeepRetired;
  for (auto key = keys.begin(); key != keys.end();) {
    STK_TRY(context.check(clock().now()));
    const auto end =
        std::find_if(key, keys.end(), [&](const DataKeyRow& other) { return other.tenant != key->tenant; });
    const bool wanted = context.tenant.is_nil() || context.tenant == key->tenant;
    std::optional<std::vector<SealedPart>> parts;
    bool active = false;
    if (wanted) {
      STK_TRY(const auto tenant, parts_.tenants->record(key->tenant, context));
      active = tenant && tenant->state == TenantState::active;
      auto plane = storage().tenant(key->tenant);
      auto read = plane ? read_sealed_parts(*plane.value(), TransactMode::read, context)
                        : Result<std::vector<SealedPart>>(std::move(plane).error());
      if (read) {
        parts = std::move(read).value();
      } else {
        status.failures.push_back({key->tenant, std::move(read).error()});
      }
    }
    for (; key != end; ++key) {
      DataKeyUse use{key->tenant, key->number, key->created_at, key->retired_at, {}, {}, false};
      use.sealed_by = count_master(key->tenant, key->sealed);
      if (parts) use.credentials = sealed_by(*parts, *parts_.master, TenantSealer::name_of(key->number));
      use.removable = active && use.credentials == 0 && use.retired_at && *use.retired_at < removable_before;
      if (wanted) status.data.push_back(std::move(use));
    }
  }
  return status;
}

}  // namespace stocktracker::inline v0
