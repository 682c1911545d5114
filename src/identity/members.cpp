// The service Members: each call is one transaction of the control plane, limited to the rows of its tenant.
#include <stocktracker/identity/members.hpp>

#include <stocktracker/core/problems.hpp>

#include "core/page_size.hpp"
#include "identity/member_records.hpp"
#include "identity/members_core.hpp"
#include "identity/user_records.hpp"
#include "ports/audited.hpp"
#include "ports/tenant_unset.hpp"
#include "tenant/tenant_records.hpp"

namespace stocktracker::inline v0 {
namespace {

Error no_such_tenant(const TenantId& tenant) {
  return Error(Errc::not_found, "there is no tenant " + tenant.text()).about("tenant");
}

/// The same for a user who does not exist and for one of another tenant.
Error no_such_member(std::string_view field) {
  return Error(Errc::not_found, "the tenant has no such member").about(field);
}

Result<TenantId> tenant_of(const MembersCore& core, const CallContext& context) {
  if (!context.tenant.is_nil()) return context.tenant;
  if (core.tenants->need_many()) return tenant_unset();
  return kDefaultTenant;
}

/// The rows of a tenant that exists, and that is active if they are to be changed.
Result<MemberRows> open_rows(Transaction& tx, const TenantId& tenant, TransactMode mode) {
  STK_TRY(const auto record, read_tenant(tx, tenant));
  if (!record) return no_such_tenant(tenant);
  switch (record->state) {
    case TenantState::active:
      return MemberRows::of(tx, tenant);
    case TenantState::suspended:
      if (mode == TransactMode::read) return MemberRows::of(tx, tenant);
      return Error(Errc::tenant_suspended, "tenant " + tenant.text() + " is suspended").about("tenant");
    case TenantState::quarantined:
      if (mode == TransactMode::read) return MemberRows::of(tx, tenant);
      return Error(Errc::tenant_quarantined, "tenant " + tenant.text() + " is quarantined").about("tenant");
    case TenantState::creating:
    case TenantState::deleting:
    case TenantState::deleted:
      break;
  }
  return no_such_tenant(tenant);
}

Result<void> in_rows(const MembersCore& core, const CallContext& context, TransactMode mode,
                     FunctionRef<Result<void>(Transaction&, const MemberRows&)> body) {
  STK_TRY(const auto tenant, tenant_of(core, context));
  const auto run = [&](Transaction& tx) -> Result<void> {
    STK_TRY(const auto rows, open_rows(tx, tenant, mode));
    return body(tx, rows);
  };
  auto done = core.tenants->storage().control().transact(context, mode, run);
  if (done) return success();
  return std::move(done).error().in(context);
}

/// After a change, before its commit: the server refuses one of two changes that count each other's rows.
Result<void> must_have_owner(const MemberRows& rows) {
  STK_TRY(const auto owners, rows.owners());
  if (owners > 0) return success();
  return Error(Errc::invalid_argument,
               "the tenant would have no owner who is not disabled; make another member the owner first")
      .about("role");
}

/// An admin neither makes an owner nor unmakes one.
Result<void> may_change_owners(const MembersCore& core) {
  constexpr Permission kNeeded = Permission::ownership_transfer;
  const auto& scope = core.ports.scope;
  if (!scope || scope->principal.permissions.has(kNeeded)) return success();
  return Error(Errc::permission_denied, scope->principal.actor + " lacks the permission " + to_string(kNeeded))
      .about("permission");
}

Result<Member> found(const MemberRows& rows, const UserId& user, std::string_view field) {
  STK_TRY(auto member, rows.find(user));
  if (!member) return no_such_member(field);
  return std::move(*member);
}

class MemberPages final : public PageSource<Member> {
 public:
  MemberPages(std::shared_ptr<const MembersCore> core, const MemberQuery& query, CallContext context)
      : core_(std::move(core)), query_(query), context_(std::move(context)) {}
  Result<std::vector<Member>> fetch() override {
    STK_TRY(const auto context, enter_page(core_->ports, context_));
    STK_TRY(query_.validate());
    std::vector<Member> page;
    const auto read = [&](Transaction&, const MemberRows& rows) -> Result<void> {
      STK_TRY(page, rows.page(after_, query_.page_size));
      return success();
    };
    STK_TRY(in_rows(*core_, context, TransactMode::read, read));
    if (!page.empty()) after_ = page.back().user;
    return page;
  }

 private:
  std::shared_ptr<const MembersCore> core_;
  MemberQuery query_;
  CallContext context_;
  UserId after_;
};

Result<Member> add_member(const MembersCore& core, const UserId& user, Role role, const CallContext& context) {
  const Instant now = core.ports.clock->now();
  std::optional<Member> added;
  const auto write = [&](Transaction& tx, const MemberRows& rows) -> Result<void> {
    if (core.ports.scope) {
      return Error(Errc::unsupported, "members are added by the program itself, not through a principal's handle")
          .about("user");
    }
    STK_TRY(const auto known, read_user(tx, user));
    if (!known) return no_such_user();
    STK_TRY(const auto before, rows.find(user));
    if (before) return Error(Errc::already_exists, "the user is a member; change the role").about("user");
    STK_TRY(rows.add(user, role, now));
    STK_TRY(must_have_owner(rows));
    added = Member{user, role, now, known->address, known->profile.name, known->state};
    return success();
  };
  STK_TRY(in_rows(core, context, TransactMode::write, write));
  return std::move(*added);
}

Result<void> transfer_ownership(const MembersCore& core, const UserId& from, const UserId& to,
                                const CallContext& context) {
  const auto write = [&](Transaction&, const MemberRows& rows) -> Result<void> {
    STK_TRY(const auto before, found(rows, from, "from"));
    STK_TRY(const auto after, found(rows, to, "to"));
    if (before.role != Role::owner) return Error(Errc::invalid_argument, "is not an owner").about("from");
    if (from == to) return Error(Errc::invalid_argument, "is the owner already").about("to");
    if (after.state == UserState::disabled) return Error(Errc::invalid_argument, "is disabled").about("to");
    STK_TRY(rows.set_role(to, Role::owner));
    STK_TRY(rows.set_role(from, Role::admin));
    return must_have_owner(rows);
  };
  return in_rows(core, context, TransactMode::write, write);
}

}  // namespace

Result<void> MemberQuery::validate() const {
  Problems problems;
  require_page_size(problems, page_size);
  return problems.result("MemberQuery");
}

Result<Member> Members::add(const UserId& user, Role role, const CallContext& given) {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::member_invite));
  return audited(core_->ports, {"member.add", context.tenant, user.text() + " " + to_string(role)}, context,
                 add_member(*core_, user, role, context));
}

Pages<Member> Members::list(const MemberQuery& query, const CallContext& given) const {
  auto context = enter_listing(core_->ports, given, Permission::member_read);
  if (!context) return Pages<Member>::failed(std::move(context).error());
  return Pages<Member>(std::make_unique<MemberPages>(core_, query, std::move(context).value()));
}

Result<Member> Members::get(const UserId& user, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::member_read));
  std::optional<Member> member;
  const auto read = [&](Transaction&, const MemberRows& rows) -> Result<void> {
    STK_TRY(member, found(rows, user, "user"));
    return success();
  };
  STK_TRY(in_rows(*core_, context, TransactMode::read, read));
  return std::move(*member);
}

Result<Member> Members::change_role(const UserId& user, Role role, const CallContext& given) {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::member_change));
  std::optional<Member> member;
  const auto write = [&](Transaction&, const MemberRows& rows) -> Result<void> {
    STK_TRY(member, found(rows, user, "user"));
    if (member->role == role) return success();
    if (member->role == Role::owner || role == Role::owner) {
      STK_TRY(may_change_owners(*core_));
    }
    STK_TRY(rows.set_role(user, role));
    member->role = role;
    return must_have_owner(rows);
  };
  STK_TRY(audited(core_->ports, {"member.change_role", context.tenant, user.text() + " " + to_string(role)}, context,
                  in_rows(*core_, context, TransactMode::write, write)));
  return std::move(*member);
}

Result<void> Members::remove(const UserId& user, const CallContext& given) {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::member_remove));
  const auto write = [&](Transaction&, const MemberRows& rows) -> Result<void> {
    STK_TRY(const Member member, found(rows, user, "user"));
    if (member.role == Role::owner) {
      STK_TRY(may_change_owners(*core_));
    }
    STK_TRY(rows.remove(user));
    return must_have_owner(rows);
  };
  return audited(core_->ports, {"member.remove", context.tenant, user.text()}, context,
                 in_rows(*core_, context, TransactMode::write, write));
}

Result<void> Members::transfer(const UserId& from, const UserId& to, const CallContext& given) {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::ownership_transfer));
  return audited(core_->ports, {"member.transfer", context.tenant, from.text() + " " + to.text()}, context,
                 transfer_ownership(*core_, from, to, context));
}

}  // namespace stocktracker::inline v0
