// Rotates master and data keys, in steps that may be interrupted.
#include "tenant/key_rotation.hpp"

#include <algorithm>

#include <stocktracker/core/function_ref.hpp>

namespace stocktracker::inline v0 {
namespace {

bool stops_everything(const Error& error) noexcept {
  return error.kind() == ErrorKind::cancelled || error.kind() == ErrorKind::timeout;
}

std::int64_t number_of_newest(const std::vector<DataKeyRow>& keys) noexcept {
  return keys.empty() ? 0 : keys.back().number;
}

}  // namespace

Result<void> KeyRotation::need_keys() const {
  if (parts_.keys) return success();
  return Error(Errc::key_missing, "this engine was opened without a key; give a key file").about("key_file");
}

Result<void> KeyRotation::need_data_keys() const {
  STK_TRY(need_keys());
  if (many()) return success();
  return Error(Errc::unsupported,
               "in a store for one seller the master key seals the credentials itself; rotate the master key")
      .about("data");
}

Result<bool> KeyRotation::is_sealed_by(std::string_view sealed, std::string_view key) const {
  STK_TRY(const auto id, parts_.master->key_id(sealed));
  return id == key;
}

Result<std::vector<SealedPart>> KeyRotation::own_parts(const CallContext& context) const {
  STK_TRY(const auto plane, storage().tenant(kDefaultTenant));
  return read_sealed_parts(*plane, TransactMode::read, context);
}

Result<std::int64_t> KeyRotation::count_older(const std::string& current, const CallContext& context) const {
  std::int64_t older = 0;
  const auto count = [&](std::string_view sealed) {
    const auto same = is_sealed_by(sealed, current);
    older += same && same.value() ? 0 : 1;
  };
  if (many()) {
    STK_TRY(const auto keys, read_data_keys(storage().control(), {}, context));
    for (const DataKeyRow& key : keys) count(key.sealed);
  } else {
    STK_TRY(const auto parts, own_parts(context));
    for (const SealedPart& part : parts) count(part.sealed);
  }
  return older;
}

Result<void> KeyRotation::reseal_data_keys(KeyRotationReport& report, const CallContext& context) {
  STK_TRY(const auto keys, read_data_keys(storage().control(), {}, context));
  for (const DataKeyRow& key : keys) {
    STK_TRY(context.check(clock().now()));
    const auto same = is_sealed_by(key.sealed, report.current);
    if (same && same.value()) continue;
    const std::string tenant = key.tenant.text();
    const std::string number = std::to_string(key.number);
    const SealContext place = TenantSealer::place_of(tenant, number);
    auto opened = parts_.master->open(key.sealed, place);
    if (!opened) {
      report.failures.push_back({key.tenant, std::move(opened).error()});
      continue;
    }
    STK_TRY(const auto sealed, parts_.master->seal(opened.value(), place));
    STK_TRY(const bool replaced, replace_data_key(storage().control(), key, sealed, context));
    report.sealed_anew += replaced ? 1 : 0;
  }
  return success();
}

Result<void> KeyRotation::reseal_parts(Database& plane, const TenantId& tenant, Sealer& sealer,
                                       const std::string& current, KeyRotationReport& report,
                                       const CallContext& context) {
  STK_TRY(const auto parts, read_sealed_parts(plane, TransactMode::read, context));
  const std::string owner = tenant.text();
  std::vector<ResealedPart> account;
  const auto write_account = [&]() -> Result<void> {
    if (account.empty()) return success();
    STK_TRY(context.check(clock().now()));
    STK_TRY(const std::int64_t written, replace_parts(plane, account, context));
    report.sealed_anew += written;
    account.clear();
    return success();
  };
  for (const SealedPart& part : parts) {
    if (!account.empty() && account.back().before.account != part.account) {
      STK_TRY(write_account());
    }
    const auto same = is_sealed_by(part.sealed, current);
    if (same && same.value()) continue;
    const std::string row = part.row();
    const SealContext place{owner, "credential", "sealed", row};
    auto opened = sealer.open(part.sealed, place);
    if (!opened) {
      report.failures.push_back({tenant, std::move(opened).error()});
      continue;
    }
    STK_TRY(auto sealed, sealer.seal(opened.value(), place));
    account.push_back({part, std::move(sealed)});
  }
  return write_account();
}

Result<KeyRotationReport> KeyRotation::rotate_master(const KeyRotationOptions& options, const CallContext& context) {
  STK_TRY(need_keys());
  KeyRotationReport report;
  STK_TRY(const auto before, parts_.keys->current());
  STK_TRY(const std::int64_t older, count_older(before.id, context));
  if (options.fresh || older == 0) {
    auto made = parts_.keys->make_current();
    report.outside = !made && made.error().errc() == Errc::unsupported;
    if (!made && (options.fresh || !report.outside)) return std::move(made).error();
    report.made = made ? 1 : 0;
  }
  STK_TRY(const auto now, parts_.keys->current());
  report.current = now.id;
  if (many()) {
    STK_TRY(reseal_data_keys(report, context));
  } else {
    STK_TRY(const auto plane, storage().tenant(kDefaultTenant));
    STK_TRY(reseal_parts(*plane, kDefaultTenant, *parts_.master, report.current, report, context));
  }
  STK_TRY(report.left, count_older(report.current, context));
  record("keys.rotate_master", report.current, context);
  return report;
}

Result<void> KeyRotation::for_each_tenant(const CallContext& context, KeyRotationReport& report,
                                          FunctionRef<Result<void>(const Tenant&)> action) {
  constexpr int kPage = 500;
  const auto visit = [&](const Tenant& tenant) -> Result<void> {
    STK_TRY(context.check(clock().now()));
    auto done = action(tenant);
    if (done || stops_everything(done.error())) return done;
    report.failures.push_back({tenant.id, std::move(done).error()});
    return success();
  };
  if (!context.tenant.is_nil()) {
    STK_TRY(const auto tenant, parts_.tenants->record(context.tenant, context));
    if (!tenant) return Error(Errc::not_found, "there is no tenant " + context.tenant.text()).about("tenant");
    return visit(*tenant);
  }
  TenantId after;
  while (true) {
    STK_TRY(const auto page, parts_.tenants->page(after, kPage, false, context));
    for (const Tenant& tenant : page) {
      // The others get or lose their key when their creation or deletion is finished.
      if (tenant.state != TenantState::creating && tenant.state != TenantState::deleting) {
        STK_TRY(visit(tenant));
      }
    }
    if (page.empty()) return success();
    after = page.back().id;
  }
}

Result<void> KeyRotation::add_key(const Tenant& tenant, std::int64_t number, KeyRotationReport& report,
                                  const CallContext& context) {
  const std::string id = tenant.id.text();
  const std::string text = std::to_string(number);
  STK_TRY(const Secret fresh, parts_.master->make_key());
  STK_TRY(auto sealed, parts_.master->seal(fresh, TenantSealer::place_of(id, text)));
  const DataKeyRow row{tenant.id, number, std::move(sealed), clock().now()};
  STK_TRY(const bool added, add_data_key(storage().control(), row, context));
  report.made += added ? 1 : 0;
  if (added) record("keys.rotate_data", TenantSealer::name_of(number), context);
  return parts_.data_sealer->refresh(tenant.id, context);
}

Result<void> KeyRotation::rotate_tenant(const Tenant& tenant, const KeyRotationOptions& options,
                                        KeyRotationReport& report, const CallContext& context) {
  TenantSealer& sealer = *parts_.data_sealer;
  STK_TRY(const auto plane, storage().tenant(tenant.id));
  STK_TRY(sealer.refresh(tenant.id, context));
  const auto newest = [&]() -> Result<std::int64_t> {
    STK_TRY(const auto keys, read_data_keys(storage().control(), tenant.id, context));
    return number_of_newest(keys);
  };
  const auto older = [&](const std::string& current) -> Result<std::int64_t> {
    STK_TRY(const auto parts, read_sealed_parts(*plane, TransactMode::read, context));
    return std::count_if(parts.begin(), parts.end(), [&](const SealedPart& part) {
      const auto same = is_sealed_by(part.sealed, current);
      return !same || !same.value();
    });
  };
  STK_TRY(std::int64_t number, newest());
  STK_TRY(const auto unfinished, older(TenantSealer::name_of(number)));
  if (options.fresh || unfinished == 0) {
    STK_TRY(add_key(tenant, number + 1, report, context));
    STK_TRY(number, newest());
  }
  const std::string current = TenantSealer::name_of(number);
  STK_TRY(reseal_parts(*plane, tenant.id, sealer, current, report, context));
  STK_TRY(const auto left, older(current));
  report.left += left;
  return discard_of_tenant(tenant, report, context);
}

Result<void> KeyRotation::discard_of_tenant(const Tenant& tenant, KeyRotationReport& report,
                                            const CallContext& context) {
  if (tenant.state != TenantState::active) return success();
  const Instant before = clock().now() - kKeepRetired;
  STK_TRY(const auto keys, read_data_keys(storage().control(), tenant.id, context));
  const auto old_enough = [&](const DataKeyRow& key) {
    return key.number != number_of_newest(keys) && key.retired_at && *key.retired_at < before;
  };
  if (std::none_of(keys.begin(), keys.end(), old_enough)) return success();
  STK_TRY(const auto plane, storage().tenant(tenant.id));
  STK_TRY(const auto parts, read_sealed_parts(*plane, TransactMode::write, context));
  for (const DataKeyRow& key : keys) {
    const std::string name = TenantSealer::name_of(key.number);
    const bool needed = std::any_of(parts.begin(), parts.end(), [&](const SealedPart& part) {
      const auto same = is_sealed_by(part.sealed, name);
      return !same || same.value();  // what cannot be read may need any key
    });
    if (needed || !old_enough(key)) continue;
    STK_TRY(const auto deleted, delete_data_key(storage().control(), tenant.id, key.number, before, context));
    report.deleted += deleted;
    record("keys.discard", name, context);
  }
  return parts_.data_sealer->refresh(tenant.id, context);
}

Result<KeyRotationReport> KeyRotation::rotate_data(const KeyRotationOptions& options, const CallContext& context) {
  STK_TRY(need_data_keys());
  KeyRotationReport report;
  CallContext each = context;
  const auto rotate = [&](const Tenant& tenant) {
    each.tenant = tenant.id;
    return rotate_tenant(tenant, options, report, each);
  };
  STK_TRY(for_each_tenant(context, report, rotate));
  return report;
}

Result<KeyRotationReport> KeyRotation::discard_unused(const CallContext& context) {
  STK_TRY(need_data_keys());
  KeyRotationReport report;
  CallContext each = context;
  const auto discard = [&](const Tenant& tenant) {
    each.tenant = tenant.id;
    return discard_of_tenant(tenant, report, each);
  };
  STK_TRY(for_each_tenant(context, report, discard));
  return report;
}

void KeyRotation::record(const char* action, const std::string& subject, const CallContext& context) const {
  if (!parts_.audit) return;
  AuditEvent event;
  event.at = clock().now();
  event.tenant = context.tenant;
  event.actor = context.actor;
  event.action = action;
  event.subject = subject;
  event.request_id = context.request_id;
  parts_.audit->record(event);
}

Result<KeyStatus> Keys::status(const CallContext& given) const {
  STK_TRY(const auto context, core_->begin(given));
  return core_->status(context);
}
Result<KeyRotationReport> Keys::rotate_master(const KeyRotationOptions& options, const CallContext& given) {
  STK_TRY(const auto context, core_->begin(given));
  return core_->rotate_master(options, context);
}
Result<KeyRotationReport> Keys::rotate_data(const KeyRotationOptions& options, const CallContext& given) {
  STK_TRY(const auto context, core_->begin(given));
  return core_->rotate_data(options, context);
}
Result<KeyRotationReport> Keys::discard_unused(const CallContext& given) {
  STK_TRY(const auto context, core_->begin(given));
  return core_->discard_unused(context);
}

}  // namespace stocktracker::inline v0
