// What is done with a complete tenant (suspend, resume, restore, remove, new keys, the directory), with another process
// before each of its steps. What comes of two is what comes of one after the other, in one order or the other.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/testing/audit_log.hpp>

#include "tenant/key_records.hpp"
#include "tests/support/bazaar.hpp"
#include "tests/support/full_planes.hpp"
#include "tests/support/stepped_storage.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;
namespace fp = full_planes;

namespace {

// A folder of two tenants with an account each, and a backup of the first; what is tried is tried on copies of it.
struct Original {
  Original() {
    auto engine = over(at(folder.file("house")));
    anna = engine.tenants().create("anna").value().id;
    boris = engine.tenants().create("boris").value().id;
    account = connect(engine, "first").value().id;
    REQUIRE(engine.directory().relay());
    REQUIRE(engine.backup(folder.file("anna.db"), {.tenant = anna}));
    REQUIRE(engine.sync().run(account, {}, {.tenant = anna}).value().state == st::RunState::ok);
    fs::create_directory(folder.file("suspended"));
    fs::create_directory(folder.file("active"));
    copy("house", "active");
    REQUIRE(engine.tenants().suspend(anna));
    copy("house", "suspended");
  }
  static const Original& shared() {
    static Original made;
    return made;
  }

  [[nodiscard]] std::shared_ptr<st::Storage> at(const std::string& path) const {
    return st::make_sqlite_folder({.path = path, .schema = st::schema(), .clock = bazaar.clock}).value();
  }
  [[nodiscard]] st::Engine over(std::shared_ptr<st::Storage> storage, std::uint64_t seed = 5,
                                std::shared_ptr<st::AuditSink> audit = nullptr) const {
    return st::open({.storage = std::move(storage),
                     .key_file = folder.file("key"),
                     .clock = bazaar.clock,
                     .random = std::make_shared<st::testing::SeededRandom>(seed),
                     .executor = st::make_inline_executor(),
                     .connectors = {std::make_shared<BazaarFactory>(bazaar)},
                     .audit = std::move(audit)})
        .value();
  }
  st::Result<st::Account> connect(st::Engine& engine, const std::string& seller) const {
    bazaar.seller = seller;
    st::Credentials credentials;
    credentials.channel = Bazaar::kChannel;
    credentials.parts.push_back({"key", st::Secret::copy_of("k")});
    return engine.accounts().connect(std::move(credentials), {.label = seller}, {.tenant = anna});
  }
  void copy(const std::string& from, const std::string& to) const {
    fs::copy(folder.file(from), folder.file(to), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }

  mutable Bazaar bazaar = [] {
    Bazaar made;
    made.list({"A", "B"});
    made.hold_fbo({{"A", 5}, {"B", 0}});
    return made;
  }();
  TempFolder folder;
  st::TenantId anna;
  st::TenantId boris;
  st::AccountId account;
};

struct Act {
  const char* name;
  std::function<bool(st::Engine&)> run;
};

const Act kSuspend{
    "suspend", [](st::Engine& engine) { return static_cast<bool>(engine.tenants().suspend(Original::shared().anna)); }};
const Act kResume{
    "resume", [](st::Engine& engine) { return static_cast<bool>(engine.tenants().resume(Original::shared().anna)); }};
const Act kRestore{"restore", [](st::Engine& engine) {
                     const Original& all = Original::shared();
                     return static_cast<bool>(engine.tenants().restore(all.anna, all.folder.file("anna.db")));
                   }};
const Act kRemove{
    "remove", [](st::Engine& engine) { return static_cast<bool>(engine.tenants().remove(Original::shared().anna)); }};
const Act kRotate{"new data key", [](st::Engine& engine) {
                    const auto done = engine.keys().rotate_data({.fresh = true}, {.tenant = Original::shared().anna});
                    return done && done.value().failures.empty();
                  }};
const Act kConnect{"connect and relay", [](st::Engine& engine) {
                     const bool done = static_cast<bool>(Original::shared().connect(engine, "second"));
                     REQUIRE(engine.directory().relay());
                     return done;
                   }};
const Act kSync{"sync", [](st::Engine& engine) {
                  const Original& all = Original::shared();
                  const auto run = engine.sync().run(all.account, {}, {.tenant = all.anna});
                  return run && run.value().state == st::RunState::ok;
                }};
const Act kRebuild{"rebuild the directory", [](st::Engine& engine) {
                     return static_cast<bool>(engine.directory().rebuild(Original::shared().anna));
                   }};
const Act kRecover{"recover", [](st::Engine& engine) { return static_cast<bool>(engine.tenants().recover()); }};

// A copy of the original, with a process that is looked at step by step and another one beside it.
struct Trial {
  explicit Trial(const char* state)
      : storage((fs::copy(Original::shared().folder.file(state), folder.file("house"), fs::copy_options::recursive),
                 Original::shared().at(folder.file("house")))),
        stepped(std::make_shared<SteppedStorage>(storage)),
        first(Original::shared().over(stepped, 11)),
        second(Original::shared().over(storage, 12)) {}

  // Past the library.
  void put(const st::Statement& statement, std::initializer_list<st::SqlValue> values) const {
    const std::vector<st::SqlValue> given(values);
    const auto write = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(tx.execute(statement, std::span<const st::SqlValue>(given)));
      return st::success();
    };
    REQUIRE(storage->control().transact({}, st::TransactMode::write, write));
  }
  void add_records(const std::vector<std::pair<std::string, std::string>>& states) const {
    const auto write = [&](st::Transaction& tx) -> st::Result<void> {
      for (const auto& [id, state] : states) {
        STK_TRY(tx.upsert("tenant", st::OnConflict::fail,
                          {st::SqlColumn::constant("tenant_id", id), st::SqlColumn::constant("name", id),
                           st::SqlColumn::constant("state", state), st::SqlColumn::constant("created_at", 1),
                           st::SqlColumn::constant("reason", "a test")}));
      }
      return st::success();
    };
    REQUIRE(storage->control().transact({}, st::TransactMode::write, write));
  }

  // What a person would see of it afterwards, after everything that was left has been finished.
  std::string picture() {
    const Original& all = Original::shared();
    stepped->before = {};
    auto engine = all.over(storage, 13);
    REQUIRE(engine.tenants().recover());
    REQUIRE(engine.directory().relay());
    const auto anna = engine.tenants().find(all.anna.text()).value();
    std::string text = std::string("anna is ") + to_string(anna.state) + " " + anna.reason;
    std::set<std::string> connected;
    const auto plane = storage->tenant(all.anna);
    if (plane) {
      const auto accounts = engine.accounts().list({.tenant = all.anna}).collect().value();
      for (const auto& account : accounts) {
        text += ", account " + account.label;
        connected.insert(account.id.text());
      }
      const auto positions = engine.stock().positions({}, {.tenant = all.anna}).collect().value();
      text += ", positions " + std::to_string(positions.size()) + ", credentials " + opens(engine);
    }
    std::set<std::string> listed;
    const auto entries = engine.directory().accounts().collect().value();
    for (const auto& entry : entries) listed.insert(entry.account.text());
    text += listed == connected ? "" : ", the directory lists others";
    const auto keys = st::read_data_keys(storage->control(), all.anna, {}).value();
    text += keys.empty() ? ", no key" : ", keys";
    const auto findings = engine.doctor().value();
    for (const auto& finding : findings) text += finding.ok ? "" : ", " + finding.detail;
    CHECK(engine.tenants().find("boris").value().state == st::TenantState::active);
    CHECK(st::read_data_keys(storage->control(), all.boris, {}).value().size() == 1);
    return text;
  }
  // Each is sealed by the newest key or an older one that is still there.
  std::string opens(const st::Engine& engine) const {
    const Original& all = Original::shared();
    const auto status = engine.keys().status({.tenant = all.anna}).value();
    std::int64_t sealed = 0;
    for (const auto& use : status.data) sealed += use.credentials.value_or(0);
    const auto parts = st::read_sealed_parts(*storage->tenant(all.anna).value(), st::TransactMode::read, {}).value();
    return sealed == static_cast<std::int64_t>(parts.size()) ? "open" : "lost";
  }

  TempFolder folder;
  std::shared_ptr<st::Storage> storage;
  std::shared_ptr<SteppedStorage> stepped;
  st::Engine first;
  st::Engine second;
};

std::string answers(const Act& one, bool one_done, const Act& other, bool other_done) {
  return std::string(one.name) + (one_done ? ": done, " : ": refused, ") + other.name +
         (other_done ? ": done; " : ": refused; ");
}

// What comes of both, one after the other in either order.
std::set<std::string> one_after_the_other(const char* state, const Act& one, const Act& other) {
  std::set<std::string> outcomes;
  for (const bool other_first : {false, true}) {
    Trial trial(state);
    const bool early = other_first && other.run(trial.second);
    const bool done = one.run(trial.first);
    const bool late = !other_first && other.run(trial.second);
    outcomes.insert(answers(one, done, other, early || late) + trial.picture());
  }
  return outcomes;
}

std::string joined(const std::set<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += "\n  " + text;
  return all;
}

// `other` runs completely before each step of `one`; how many steps there were.
int in_every_order(const char* state, const Act& one, const Act& other) {
  const auto expected = one_after_the_other(state, one, other);
  for (int step = 0;; ++step) {
    Trial trial(state);
    const int from = trial.stepped->steps;
    bool other_done = false;
    bool reached = false;
    trial.stepped->before = [&](int now) -> st::Result<void> {
      if (now - from != step) return st::success();
      reached = true;
      other_done = other.run(trial.second);
      return st::success();
    };
    const bool done = one.run(trial.first);
    if (!reached) return step;
    const std::string outcome = answers(one, done, other, other_done) + trial.picture();
    INFO(other.name << " before step " << step << " of " << one.name << ": " << outcome << "\nnot one of"
                    << joined(expected));
    CHECK(expected.contains(outcome));
  }
}

}  // namespace

TEST_CASE("two who change one tenant at one moment leave what they would leave one after the other") {
  int steps = 0;
  for (const Act& one : {kSuspend, kRemove, kRotate, kRebuild}) steps += in_every_order("active", one, kRemove);
  for (const Act& one : {kSuspend, kRotate, kRebuild}) steps += in_every_order("active", one, kConnect);
  for (const Act& one : {kSuspend, kRotate}) steps += in_every_order("active", one, kSuspend);
  for (const Act& one : {kRemove, kRotate}) steps += in_every_order("active", one, kRotate);
  for (const Act& one : {kRemove, kRebuild}) steps += in_every_order("active", one, kRebuild);
  steps += in_every_order("active", kRemove, kRecover);
  CHECK(steps > 60);
}

TEST_CASE("what is done to a suspended tenant beside its restore or resumption is done before it or after it") {
  int steps = 0;
  for (const Act& one : {kResume, kRestore}) {
    for (const Act& other : {kResume, kRestore, kRemove}) steps += in_every_order("suspended", one, other);
  }
  for (const Act& other : {kRotate, kRebuild, kSync}) steps += in_every_order("suspended", kRestore, other);
  for (const Act& other : {kRestore, kRecover}) steps += in_every_order("suspended", kRemove, other);
  CHECK(steps > 60);
}

TEST_CASE("a change of a tenant that dies at any step, beside another one, is finished when it is asked for again") {
  for (const Act& one : {kRestore, kRemove, kRotate}) {
    for (const Act& other : {kRemove, kResume}) {
      INFO(other.name << " beside " << one.name);
      std::set<std::string> expected;
      for (const bool twice : {false, true}) {
        for (const bool other_first : {false, true}) {
          Trial trial("suspended");
          if (twice) one.run(trial.first);
          if (other_first) other.run(trial.second);
          if (!other_first && !twice) one.run(trial.first);
          if (!other_first) other.run(trial.second);
          one.run(trial.first);
          expected.insert(trial.picture());
        }
      }
      for (int fatal = 0;; ++fatal) {
        Trial trial("suspended");
        const int from = trial.stepped->steps;
        bool died = false;
        trial.stepped->before = [&](int now) -> st::Result<void> {
          if (now - from < fatal) return st::success();
          if (!died) other.run(trial.second);
          died = true;
          return st::Errc::io_failed;
        };
        one.run(trial.first);
        trial.stepped->before = {};
        if (!died) break;
        auto next = Original::shared().over(trial.storage, 14);
        one.run(next);
        const std::string outcome = trial.picture();
        INFO("died at step " << fatal << ": " << outcome << "\nnot one of" << joined(expected));
        CHECK(expected.contains(outcome));
      }
    }
  }
}

TEST_CASE("of two rotations at one moment each counts what it has made and sealed itself") {
  const st::CallContext as_anna{.tenant = Original::shared().anna};
  int beside = 0;
  for (int step = 0;; ++step) {
    INFO("before step " << step);
    Trial trial("active");
    bool reached = false;
    st::KeyRotationReport other;
    trial.stepped->before = [&, from = trial.stepped->steps](int now) -> st::Result<void> {
      if (now - from != step) return st::success();
      reached = true;
      other = trial.second.keys().rotate_data({.fresh = true}, as_anna).value();
      return st::success();
    };
    const auto own = trial.first.keys().rotate_data({.fresh = true}, as_anna).value();
    if (!reached) break;
    const auto keys = st::read_data_keys(trial.storage->control(), as_anna.tenant, {}).value();
    CHECK(static_cast<std::int64_t>(keys.size()) == 1 + own.made + other.made);
    beside += own.made == 0 ? 1 : 0;
  }
  CHECK(beside > 0);
  for (int step = 0;; ++step) {
    INFO("before step " << step << " of a new master key");
    Trial trial("active");
    bool reached = false;
    st::KeyRotationReport other;
    trial.stepped->before = [&, from = trial.stepped->steps](int now) -> st::Result<void> {
      if (now - from != step) return st::success();
      reached = true;
      other = trial.second.keys().rotate_master({}, {}).value();
      return st::success();
    };
    const auto own = trial.first.keys().rotate_master({}, {}).value();
    if (!reached) break;
    if (other.made == 0) CHECK(own.sealed_anew + other.sealed_anew == 2);
  }
}

TEST_CASE("a rotation that is stopped or runs out of time at any step says so, and names no tenant") {
  const auto clock = Original::shared().bazaar.clock;
  for (const bool late : {false, true}) {
    int ended = 0;
    for (int step = 0;; ++step) {
      INFO((late ? "late" : "stopped") << " before step " << step);
      Trial trial("active");
      std::stop_source stop;
      st::CallContext context{.timeout = std::chrono::seconds(10), .tenant = Original::shared().anna};
      context.stop = stop.get_token();
      bool reached = false;
      trial.stepped->before = [&, from = trial.stepped->steps](int now) -> st::Result<void> {
        if (now - from != step) return st::success();
        reached = true;
        if (late) clock->advance(std::chrono::seconds(11));
        if (!late) stop.request_stop();
        return st::success();
      };
      const auto done = trial.first.keys().rotate_data({.fresh = true}, context);
      if (!reached) break;
      if (done) {
        CHECK(done.value().failures.empty());
      } else {
        ++ended;
        CHECK(done.error().errc() == (late ? st::Errc::deadline_exceeded : st::Errc::cancelled));
      }
    }
    CHECK(ended > 5);
  }
}

TEST_CASE("a rotation visits every tenant that has data, on however many pages, and none that has not") {
  Trial trial("active");
  constexpr int kMany = 510;  // a page has 500
  const auto id = [](int number) { return st::TenantId(fp::uuid(9, number)).text(); };
  std::vector<std::pair<std::string, std::string>> records{
      {id(kMany), "creating"}, {id(kMany + 1), "deleting"}, {id(kMany + 2), "deleted"}};
  for (int number = 0; number < kMany; ++number) records.emplace_back(id(number), "suspended");
  trial.add_records(records);
  const auto report = trial.first.keys().rotate_data({.fresh = true}, {}).value();
  CHECK(report.made == 2);
  CHECK(report.failures.size() == kMany);  // their data are missing
}

TEST_CASE("each new key and each deleted one is in the audit") {
  Trial trial("active");
  const auto audit = std::make_shared<st::testing::AuditLog>(100);
  auto engine = Original::shared().over(trial.storage, 15, audit);
  const auto clock = Original::shared().bazaar.clock;
  const st::CallContext context{.tenant = Original::shared().anna, .actor = "olga"};
  auto since = [&, seen = std::size_t{0}]() mutable {
    std::string text;
    const auto events = audit->events();
    for (; seen < events.size(); ++seen) {
      text += events[seen].action + " " + events[seen].subject + " by " + events[seen].actor + "; ";
    }
    return text;
  };
  const auto made = engine.keys().rotate_master({.fresh = true}, {.actor = "olga"}).value();
  CHECK(since() == "keys.rotate_master " + made.current + " by olga; ");
  REQUIRE(engine.keys().rotate_data({.fresh = true}, context).value().made == 1);
  CHECK(since() == "keys.rotate_data t2 by olga; ");
  REQUIRE(engine.keys().rotate_data({.fresh = true}, context).value().made == 1);
  CHECK(since() == "keys.rotate_data t3 by olga; ");
  clock->advance(std::chrono::hours(2));
  CHECK(engine.keys().discard_unused(context).value().deleted == 2);
  CHECK(since() == "keys.discard t1 by olga; keys.discard t2 by olga; ");
}

TEST_CASE("a tenant that is resumed after its data were put right has its accounts in the directory") {
  static constexpr st::Statement kClose{"test.close",
                                        "UPDATE tenant SET state = 'quarantined', reason = 'r' WHERE tenant_id = $1"};
  static constexpr st::Statement kForget{"test.forget", "DELETE FROM account_directory WHERE tenant_id = $1"};
  Trial trial("active");
  const st::TenantId anna = Original::shared().anna;
  const std::string id = anna.text();
  trial.put(kClose, {id});
  trial.put(kForget, {id});
  // What others may read is no damage.
  fs::permissions(trial.folder.file("house/tenants/" + id + ".db"), fs::perms::others_read, fs::perm_options::add);
  const auto resumed = trial.first.tenants().resume(anna);
  REQUIRE((resumed ? std::string() : resumed.error().text()) == "");
  CHECK(resumed.value().state == st::TenantState::active);
  CHECK(resumed.value().reason.empty());
  const auto listed = trial.first.directory().accounts().collect().value();
  REQUIRE(listed.size() == 1);
  CHECK(listed.front().account == Original::shared().account);
}

TEST_CASE("a recovery that is stopped says so, and takes that for no tenant's failure") {
  static constexpr st::Statement kBegin{"test.begin", "UPDATE tenant SET state = 'creating' WHERE tenant_id = $1"};
  int cancelled = 0;
  for (int step = 0;; ++step) {
    INFO("before step " << step);
    Trial trial("active");
    const std::string id = Original::shared().anna.text();
    trial.put(kBegin, {id});
    std::stop_source stop;
    st::CallContext context;
    context.stop = stop.get_token();
    bool reached = false;
    trial.stepped->before = [&, from = trial.stepped->steps](int now) -> st::Result<void> {
      if (now - from != step) return st::success();
      reached = true;
      stop.request_stop();
      return st::success();
    };
    const auto done = trial.first.tenants().recover(context);
    if (done) CHECK(done.value() == 1);
    if (!done) CHECK(done.error().errc() == st::Errc::cancelled);
    cancelled += done ? 0 : 1;
    if (!reached) break;
  }
  CHECK(cancelled > 1);
}
