// Reads and writes the rows of members. Each statement names the tenant or the user, and on PostgreSQL row security
// holds below it.
#include "identity/member_records.hpp"

#include "identity/user_records.hpp"
#include "ports/row_scope.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kFind{
    "member.find",
    "SELECT m.user_id, m.role, m.since, p.address, p.name, p.state FROM member AS m JOIN person AS p ON p.user_id = "
    "m.user_id WHERE m.tenant_id = $1 AND m.user_id = $2"};
constexpr Statement kPage{
    "member.page",
    "SELECT m.user_id, m.role, m.since, p.address, p.name, p.state FROM member AS m JOIN person AS p ON p.user_id = "
    "m.user_id WHERE m.tenant_id = $1 AND m.user_id > $2 ORDER BY m.user_id LIMIT $3"};
constexpr Statement kCount{"member.count", "SELECT count(*) FROM member WHERE tenant_id = $1"};
constexpr Statement kOwners{
    "member.owners",
    "SELECT count(*) FROM member AS m JOIN person AS p ON p.user_id = m.user_id WHERE m.tenant_id = $1 AND m.role = "
    "'owner' AND m.user_id <> $2 AND p.state <> 'disabled'"};
constexpr Statement kRole{"member.role", "UPDATE member SET role = $3 WHERE tenant_id = $1 AND user_id = $2"};
constexpr Statement kRemove{"member.remove", "DELETE FROM member WHERE tenant_id = $1 AND user_id = $2"};
constexpr Statement kRemoveAll{"member.remove_all", "DELETE FROM member WHERE tenant_id = $1"};
constexpr Statement kOfUser{
    "member.of_user",
    "SELECT m.tenant_id, m.role, m.since FROM member AS m JOIN tenant AS t ON t.tenant_id = m.tenant_id WHERE "
    "m.user_id = $1 AND t.state NOT IN ('creating', 'deleting', 'deleted') ORDER BY m.tenant_id"};
constexpr Statement kOwned{"member.owned",
                           "SELECT tenant_id FROM member WHERE user_id = $1 AND role = 'owner' ORDER BY tenant_id"};

Result<Role> role_of(std::string_view name) {
  const auto role = role_named(name);
  if (!role) return Error(Errc::store_corrupt, "a stored member has an unknown role");
  return *role;
}

Result<Member> member_of(const RowCursor& row) {
  STK_TRY(const auto user, UserId::parse(row.text(0)));
  STK_TRY(const auto role, role_of(row.text(1)));
  STK_TRY(auto address, stored_address(row.text(3)));
  STK_TRY(const auto state, user_state_of(row.text(5)));
  return Member{user, role, Instant::from_micros(row.integer(2)), std::move(address), std::string(row.text(4)), state};
}

Result<std::int64_t> number_of(Transaction& tx, const Statement& statement, std::initializer_list<SqlValue> values) {
  STK_TRY(auto rows, tx.query(statement, values));
  STK_TRY(const bool any, rows->next());
  return any ? rows->integer(0) : 0;
}

}  // namespace

Result<MemberRows> MemberRows::of(Transaction& tx, const TenantId& tenant) {
  STK_TRY(limit_rows(tx, tenant));
  return MemberRows(tx, tenant);
}

Result<std::optional<Member>> MemberRows::find(const UserId& user) const {
  const std::string id = user.text();
  STK_TRY(auto rows, tx_->query(kFind, {tenant_, id}));
  STK_TRY(const bool found, rows->next());
  if (!found) return std::optional<Member>();
  STK_TRY(auto member, member_of(*rows));
  return std::optional<Member>(std::move(member));
}

Result<std::vector<Member>> MemberRows::page(const UserId& after, int most) const {
  const std::string behind = after.is_nil() ? std::string() : after.text();
  std::vector<Member> members;
  STK_TRY(auto rows, tx_->query(kPage, {tenant_, behind, most}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return members;
    STK_TRY(auto member, member_of(*rows));
    members.push_back(std::move(member));
  }
}

Result<bool> MemberRows::any() const {
  STK_TRY(const auto count, number_of(*tx_, kCount, {tenant_}));
  return count > 0;
}

Result<std::int64_t> MemberRows::owners(const UserId& without) const {
  const std::string id = without.text();
  return number_of(*tx_, kOwners, {tenant_, id});
}

Result<void> MemberRows::add(const UserId& user, Role role, Instant now) const {
  const std::string id = user.text();
  STK_TRY(tx_->upsert("member", OnConflict::fail,
                      {SqlColumn::constant("tenant_id", tenant_), SqlColumn::constant("user_id", id),
                       SqlColumn::constant("role", to_string(role)), SqlColumn::constant("since", now.micros())}));
  return success();
}

Result<std::int64_t> MemberRows::set_role(const UserId& user, Role role) const {
  const std::string id = user.text();
  return tx_->execute(kRole, {tenant_, id, to_string(role)});
}

Result<std::int64_t> MemberRows::remove(const UserId& user) const {
  const std::string id = user.text();
  return tx_->execute(kRemove, {tenant_, id});
}

Result<std::int64_t> MemberRows::remove_all() const { return tx_->execute(kRemoveAll, {tenant_}); }

Result<std::vector<TenantId>> read_owned_tenants(Transaction& tx, const UserId& user) {
  STK_TRY(limit_rows(tx, user));
  const std::string id = user.text();
  std::vector<TenantId> tenants;
  STK_TRY(auto rows, tx.query(kOwned, {id}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return tenants;
    STK_TRY(const auto tenant, TenantId::parse(rows->text(0)));
    tenants.push_back(tenant);
  }
}

Result<std::vector<Membership>> read_memberships(Transaction& tx, const UserId& user) {
  STK_TRY(limit_rows(tx, user));
  const std::string id = user.text();
  std::vector<Membership> memberships;
  STK_TRY(auto rows, tx.query(kOfUser, {id}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return memberships;
    STK_TRY(const auto tenant, TenantId::parse(rows->text(0)));
    STK_TRY(const auto role, role_of(rows->text(1)));
    memberships.push_back({tenant, role, Instant::from_micros(rows->integer(2))});
  }
}

}  // namespace stocktracker::inline v0
