// The attacks on the wall between tenants, by name.
#include "tests/isolation/wall.hpp"

#include <array>

namespace isolation {
namespace {

namespace st = stocktracker;
using namespace std::string_view_literals;

constexpr st::Migration kControl{st::Plane::control, 1, "offices"sv, "CREATE TABLE office (id INTEGER PRIMARY KEY)"sv,
                                 "CREATE TABLE office (id BIGINT NOT NULL PRIMARY KEY)"sv};
constexpr st::Migration kTenant{
    st::Plane::tenant, 1, "items"sv, "CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, name TEXT, amount INTEGER)"sv,
    "CREATE TABLE item (tenant_id UUID NOT NULL, id BIGINT NOT NULL, name TEXT COLLATE \"C\", amount BIGINT, "
    "PRIMARY KEY (tenant_id, id))"sv};
// A walled table of the control plane has the name of one of the product's.
constexpr st::Migration kMembers{
    st::Plane::control, 2, "members"sv,
    "CREATE TABLE member (tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (tenant_id, "
    "user_id))"sv,
    "CREATE TABLE member (tenant_id TEXT COLLATE \"C\" NOT NULL, user_id TEXT COLLATE \"C\" NOT NULL, role TEXT "
    "COLLATE \"C\" NOT NULL, PRIMARY KEY (tenant_id, user_id))"sv};
constexpr std::array kMigrations{kControl, kMembers, kTenant};
constexpr std::array kId{"id"sv};
constexpr std::array kMemberKey{"tenant_id"sv, "user_id"sv};
constexpr std::array kTables{st::TableKey{st::Plane::control, "office"sv, kId},
                             st::TableKey{st::Plane::control, "member"sv, kMemberKey},
                             st::TableKey{st::Plane::tenant, "item"sv, kId}};

constexpr st::Statement kCount{"item.count", "SELECT count(*) FROM item"};
constexpr st::Statement kFind{"item.find", "SELECT name FROM item WHERE id = $1"};
constexpr st::Statement kRename{"item.rename", "UPDATE item SET name = 'taken'"};
constexpr st::Statement kWipe{"item.wipe", "DELETE FROM item"};
constexpr st::Statement kGive{"item.give", "UPDATE item SET tenant_id = CAST(CAST($1 AS text) AS uuid) WHERE id = 7"};
constexpr st::Statement kPast{"item.past_the_planes", "SELECT count(*) FROM stocktracker_tenant.item"};

constexpr st::Statement kLimit{
    "member.limit", "SELECT set_config('stocktracker.tenant', $1, true), set_config('stocktracker.user', $2, true)"};
constexpr st::Statement kMemberCount{"member.count", "SELECT count(*) FROM member"};
constexpr st::Statement kPromote{"member.promote", "UPDATE member SET role = 'owner'"};
constexpr st::Statement kExpel{"member.expel", "DELETE FROM member"};
constexpr st::Statement kMove{"member.move", "UPDATE member SET tenant_id = $1"};

const st::TenantId kAnna(st::Uuid::v7(st::Instant::from_seconds(10), 1, 1));
const st::TenantId kBoris(st::Uuid::v7(st::Instant::from_seconds(20), 2, 2));

class Attack {
 public:
  Attack(st::Storage& storage, const RawInsert& insert) : storage_(storage), insert_(insert) {}

  std::set<std::string> run() {
    expect("tenants are made", storage_.create_tenant(kAnna, {}) && storage_.create_tenant(kBoris, {}));
    // Before any tenant was served over the connection, and after one was.
    expect("an unset tenant raises", raises_unset());
    expect("the same key in two tenants", put(kAnna, 1) && put(kAnna, 2) && put(kBoris, 1));
    expect("an unset tenant raises after another was served", raises_unset());
    expect("reading all rows", number(kBoris, kCount) == 1 && number(kAnna, kCount) == 2);
    expect("reading a row by its key", name_of(kBoris, 2).empty());
    expect("a row's own value", name_of(kBoris, 1) == kBoris.text());
    expect("changing all rows", change(kBoris, kRename) == 1 && name_of(kAnna, 1) == kAnna.text());
    expect("a row given to another tenant", give());
    expect("a row written for another tenant", insert_(kBoris.text(), kAnna.text()) && name_of(kAnna, 99).empty());
    expect("deleting all rows", change(kBoris, kWipe) >= 0 && number(kAnna, kCount) == 2);
    expect("a connection that broke off in another's body", after_broken_body());
    attack_members();
    return std::move(through_);
  }

 private:
  void expect(const char* attack, bool held) {
    if (!held) through_.insert(attack);
  }
  st::Result<void> in(const st::TenantId& tenant, st::TransactMode mode,
                      st::FunctionRef<st::Result<void>(st::Transaction&)> body) {
    STK_TRY(auto database, storage_.tenant(tenant));
    return database->transact({}, mode, body);
  }
  bool put(const st::TenantId& tenant, std::int64_t id) {
    const std::string name = tenant.text();
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(tx.upsert("item", st::OnConflict::update,
                        {st::SqlColumn::constant("id", id), st::SqlColumn::constant("name", name),
                         st::SqlColumn::constant("amount", 1)}));
      return st::success();
    };
    return in(tenant, st::TransactMode::write, body).has_value();
  }
  std::int64_t number(const st::TenantId& tenant, const st::Statement& statement) {
    std::int64_t found = -1;
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto rows, tx.query(statement));
      STK_TRY(const bool any, rows->next());
      if (any) found = rows->integer(0);
      return st::success();
    };
    return in(tenant, st::TransactMode::read, body) ? found : -1;
  }
  std::string name_of(const st::TenantId& tenant, std::int64_t id) {
    std::string name;
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto rows, tx.query(kFind, {id}));
      STK_TRY(const bool any, rows->next());
      if (any) name = rows->text(0);
      return st::success();
    };
    return in(tenant, st::TransactMode::read, body) ? name : "failed";
  }
  std::int64_t change(const st::TenantId& tenant, const st::Statement& statement) {
    std::int64_t changed = -1;
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(changed, tx.execute(statement));
      return st::success();
    };
    return in(tenant, st::TransactMode::write, body) ? changed : -1;
  }
  bool give() {
    if (!put(kBoris, 7)) return false;
    const std::string anna = kAnna.text();
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(tx.execute(kGive, {anna}));
      return st::success();
    };
    const auto given = in(kBoris, st::TransactMode::write, body);
    return !given && given.error().errc() == st::Errc::store_unwalled && name_of(kAnna, 7).empty() &&
           !name_of(kBoris, 7).empty();
  }
  // A statement that names the tenants' schema, where no tenant is set.
  bool raises_unset() {
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto rows, tx.query(kPast));
      STK_TRY(rows->next());
      return st::success();
    };
    const auto reported = storage_.control().transact({}, st::TransactMode::read, body);
    return !reported && reported.error().errc() == st::Errc::tenant_unset;
  }
  // In the control plane a transaction is limited to a tenant, or to reading the rows of a user.
  void attack_members() {
    const std::string anna = kAnna.text();
    const std::string boris = kBoris.text();
    const std::string one = st::Uuid::v7(st::Instant::from_seconds(30), 3, 3).text();
    const std::string two = st::Uuid::v7(st::Instant::from_seconds(40), 4, 4).text();
    const std::string none = st::Uuid().text();
    expect("unlimited members raise", members(nullptr, nullptr, kMemberCount) == -2);
    expect("members are added", join(anna, anna, one) && join(anna, anna, two) && join(boris, boris, one));
    expect("unlimited members raise after a tenant was served", members(nullptr, nullptr, kMemberCount) == -2);
    expect("reading all members",
           members(&anna, &none, kMemberCount) == 2 && members(&boris, &none, kMemberCount) == 1);
    expect("reading the members of other users",
           members(&none, &one, kMemberCount) == 2 && members(&none, &two, kMemberCount) == 1);
    expect("changing members as a user", members(&none, &one, kPromote) == 0 && members(&none, &one, kExpel) == 0);
    expect("a member added to another tenant", !join(boris, anna, st::Uuid::v7({}, 5, 5).text()));
    expect("a member added as a user", !join(none, anna, st::Uuid::v7({}, 6, 6).text(), one));
    expect("a member moved to another tenant", members(&boris, &none, kMove, &anna) < 0);
    expect("changing all members", members(&boris, &none, kPromote) == 1);
    expect("removing all members", members(&boris, &none, kExpel) == 1 && members(&anna, &none, kMemberCount) == 2);
  }
  // Counted or changed rows; -2: no tenant was set, -1: another failure.
  std::int64_t members(const std::string* tenant, const std::string* user, const st::Statement& statement,
                       const std::string* value = nullptr) {
    std::int64_t found = 0;
    const bool reads = statement.sql.starts_with("SELECT");
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      if (tenant != nullptr) {
        STK_TRY(limit(tx, *tenant, *user));
      }
      if (!reads) {
        STK_TRY(found, value == nullptr ? tx.execute(statement) : tx.execute(statement, {*value}));
        return st::success();
      }
      STK_TRY(auto rows, tx.query(statement));
      STK_TRY(const bool any, rows->next());
      found = any ? rows->integer(0) : -1;
      return st::success();
    };
    const auto done = storage_.control().transact({}, reads ? st::TransactMode::read : st::TransactMode::write, body);
    if (done) return found;
    return done.error().errc() == st::Errc::tenant_unset ? -2 : -1;
  }
  bool join(const std::string& limited_to, const std::string& tenant, const std::string& user,
            const std::string& as = st::Uuid().text()) {
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(limit(tx, limited_to, as));
      STK_TRY(tx.upsert("member", st::OnConflict::fail,
                        {st::SqlColumn::constant("tenant_id", tenant), st::SqlColumn::constant("user_id", user),
                         st::SqlColumn::constant("role", "user")}));
      return st::success();
    };
    return storage_.control().transact({}, st::TransactMode::write, body).has_value();
  }
  static st::Result<void> limit(st::Transaction& tx, const std::string& tenant, const std::string& user) {
    STK_TRY(auto rows, tx.query(kLimit, {tenant, user}));
    STK_TRY(rows->next());
    return st::success();
  }
  bool after_broken_body() {
    for (const st::TransactMode mode : {st::TransactMode::read, st::TransactMode::write, st::TransactMode::bulk}) {
      const auto broken = [&](st::Transaction& tx) -> st::Result<void> {
        STK_TRY(auto rows, tx.query(kCount));
        return st::Errc::internal;
      };
      if (in(kAnna, mode, broken)) return false;
      if (number(kBoris, kCount) != 0 || !raises_unset()) return false;
    }
    return number(kAnna, kCount) == 2;
  }

  st::Storage& storage_;
  const RawInsert& insert_;
  std::set<std::string> through_;
};

}  // namespace

st::Schema schema() noexcept { return {kMigrations, kTables}; }

std::set<std::string> attack(st::Storage& storage, const RawInsert& insert) { return Attack(storage, insert).run(); }

}  // namespace isolation
