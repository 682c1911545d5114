// Registration: one transaction of the control plane records the user, the tenant and its owner; the tenant's creation,
// which any process can finish, does the rest. So there is nothing else to remember about a registration.
#include "identity/member_records.hpp"
#include "identity/user_records.hpp"
#include "identity/users_core.hpp"

namespace stocktracker::inline v0 {
namespace {

Error address_taken() { return Error(Errc::already_exists, "a user with this address exists").about("email"); }

Result<void> add_owner(Transaction& tx, const User& user, const TenantId& tenant) {
  STK_TRY(add_user(tx, user));
  STK_TRY(const auto rows, MemberRows::of(tx, tenant));
  return rows.add(user.id, Role::owner, user.created_at);
}

/// The tenant's name is a field of its own in a registration.
Error about_tenant(Error error) {
  return error.details().field == "name" ? std::move(error).about("tenant") : std::move(error);
}

bool lost_to_another(const Error& error) noexcept {
  return error.errc() == Errc::already_exists || error.errc() == Errc::store_constraint;
}

}  // namespace

Result<Registration> UsersCore::register_owner(const EmailAddress& address, const UserProfile& profile,
                                               std::string_view tenant, const CallContext& context) const {
  STK_TRY(profile.validate());
  if (auto good = check_tenant_name(tenant); !good) return about_tenant(std::move(good).error());
  STK_TRY(const auto known, find(address, context));
  if (known) return resume_registration(*known, tenant, context);
  auto begun = begin_registration(make_user(address, profile, UserState::active), tenant, context);
  if (begun || !lost_to_another(begun.error())) return begun;
  // Another process may have registered the address meanwhile. Otherwise it is the tenant's name that is taken.
  STK_TRY(const auto now_known, find(address, context));
  if (now_known) return resume_registration(*now_known, tenant, context);
  if (begun.error().errc() == Errc::already_exists) return begun;
  return Error(Errc::already_exists, "a tenant with this name exists; choose another name").about("tenant");
}

Result<Registration> UsersCore::begin_registration(const User& user, std::string_view tenant,
                                                   const CallContext& context) const {
  if (!tenants_->need_many()) return register_in_file(user, context);
  const auto also = [&](Transaction& tx, const TenantId& id) { return add_owner(tx, user, id); };
  auto created = tenants_->begin_creation(tenant, also, context);
  if (!created) return about_tenant(std::move(created).error());
  const TenantId id = created.value().id;
  STK_TRY(tenants_->finish_creation(id, context));
  return Registration{user.id, id, true};
}

Result<Registration> UsersCore::register_in_file(const User& user, const CallContext& context) const {
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(const auto rows, MemberRows::of(tx, kDefaultTenant));
    STK_TRY(const bool has_members, rows.any());
    if (has_members) return Error(Errc::already_exists, "this store has an owner").about("tenant");
    return add_owner(tx, user, kDefaultTenant);
  };
  STK_TRY(control().transact(context, TransactMode::write, write));
  return Registration{user.id, kDefaultTenant, true};
}

Result<Registration> UsersCore::resume_registration(const User& user, std::string_view tenant,
                                                    const CallContext& context) const {
  TenantId id = kDefaultTenant;
  TenantState state = TenantState::active;
  if (tenants_->need_many()) {
    STK_TRY(const auto record, tenants_->record_named(tenant, context));
    if (!record) return address_taken();
    id = record->id;
    state = record->state;
  }
  std::optional<Member> member;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(const auto rows, MemberRows::of(tx, id));
    STK_TRY(member, rows.find(user.id));
    return success();
  };
  STK_TRY(control().transact(context, TransactMode::read, read));
  if (!member || member->role != Role::owner) return address_taken();
  if (state == TenantState::creating) {
    STK_TRY(tenants_->finish_creation(id, context));
  }
  return Registration{user.id, id, false};
}

}  // namespace stocktracker::inline v0
