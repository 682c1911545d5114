// Races by schedule, not by luck: whatever may come between two steps of a run comes at each of them, one after
// another.
#include "tests/support/steps.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// What runs record of themselves, and what is sealed anew each time.
const std::vector<std::string> kRecords{"credential", "lease", "run", "run_source"};

// Two processes on one account that has been read once: 10 of everything. `first` is about to read 20, `other` 30.
struct Scene {
  Scene() {
    Trader before(storage, clock, folder.file("key"), 9, 10);
    account = before.connect();
    REQUIRE(before.sync(account).value().state == st::RunState::ok);
    REQUIRE(before.engine->directory().relay());  // no hint of before speaks for a run that gives none
    clock->advance(1h);
    old = rows();
  }
  [[nodiscard]] std::map<std::string, std::vector<std::string>> rows() const { return stored_rows(*storage, kRecords); }
  [[nodiscard]] std::vector<st::SyncRun> runs() const {
    return other.engine->sync().runs({.account = account}).collect().value();
  }
  // Where the run that `first` has begun stands now: a list of its steps may be before its beginning or after its end.
  [[nodiscard]] bool begun() const { return runs().size() > 1; }
  [[nodiscard]] bool going_on() const { return runs()[0].state == st::RunState::running; }
  // The sum of all that is on hand, as far as it was read: 40 of each amount.
  [[nodiscard]] std::int64_t total() const { return other.engine->stock().total(account).value().on_hand.units(); }
  void check_free() {
    other.amount = 77;
    const auto next = other.sync(account);
    REQUIRE(next);
    CHECK(next.value().state == st::RunState::ok);
    CHECK(total() == 4 * 77);
    CHECK(other.engine->ledger().verify().value().broken == 0);
  }

  TempFolder folder;
  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  std::shared_ptr<st::Storage> storage =
      st::make_sqlite_storage({.path = ":memory:", .schema = st::schema(), .clock = clock}).value();
  Trader first{storage, clock, folder.file("key"), 1, 20};
  Trader other{storage, clock, folder.file("key"), 2, 30};
  st::AccountId account;
  std::map<std::string, std::vector<std::string>> old;
};

// How a run of `first` goes that nothing disturbs.
struct Undisturbed {
  Undisturbed() {
    Scene scene;
    const auto run = scene.first.sync_stepwise(scene.account, SIZE_MAX, {});
    REQUIRE(run.value().state == st::RunState::ok);
    names = scene.first.steps.names;
    rows = scene.rows();
    REQUIRE(rows != scene.old);
    REQUIRE(scene.total() == 80);
    // Its beginning, two signs of life at least, the commit, the hint: nothing of a run is left out of the schedules.
    REQUIRE(names.size() > 30);
    REQUIRE(std::count(names.begin(), names.end(), "after write") >= 3);
    REQUIRE(std::count(names.begin(), names.end(), "after commit") == 1);
    REQUIRE(std::count(names.begin(), names.end(), "after hint") == 1);
    committed = scene.first.steps.index_of("after commit");
    index_of_first_write = scene.first.steps.index_of("after write");
  }
  std::vector<std::string> names;
  std::map<std::string, std::vector<std::string>> rows;
  std::size_t committed = 0;             // the first step at which everything is stored
  std::size_t index_of_first_write = 0;  // the lease is taken
};

const Undisturbed& undisturbed() {
  static const Undisturbed run;
  return run;
}

// Calls `at(step)` for each step of a run.
template <class At>
void at_each_step(At&& at) {
  const std::size_t steps = undisturbed().names.size();
  for (std::size_t step = 0; step < steps; ++step) {
    INFO("step " << step << ": " << undisturbed().names[step]);
    at(step);
  }
}

}  // namespace

TEST_CASE("a run is alone on its account at each of its steps, however long it takes") {
  int refused = 0;
  at_each_step([&](std::size_t step) {
    Scene scene;
    bool disturbed = false;
    const auto run = scene.first.sync_stepwise(scene.account, step, [&] {
      const bool going_on = scene.begun() && scene.going_on();
      const auto second = scene.other.sync(scene.account);
      disturbed = second.has_value();
      CHECK(disturbed != going_on);
      if (second) return;
      ++refused;
      CHECK(second.error().errc() == st::Errc::run_in_progress);
      CHECK(second.error().retryable());
      CHECK(second.error().details().retry_after > 0s);
    });
    REQUIRE(run);
    CHECK(run.value().state == st::RunState::ok);
    if (!disturbed) CHECK(scene.rows() == undisturbed().rows);
    CHECK(scene.total() == (disturbed && step >= undisturbed().committed ? 120 : 80));
  });
  CHECK(refused > 25);
}

// Processes need not agree on how long a lease is: what is over twice one's own was written by a clock that ran ahead.
TEST_CASE("an account is held against runs with a shorter lease, up to twice as short") {
  const std::size_t begun = undisturbed().index_of_first_write;
  for (const auto& [lease, held] : std::vector<std::pair<st::Duration, bool>>{
           {1s, true}, {15s, true}, {15s + 1us, true}, {30s, true}, {30s + 1us, false}, {24h, false}}) {
    CAPTURE(lease.count());
    Scene scene;
    scene.first.lease = lease;
    std::optional<st::Result<st::SyncRun>> second;
    const auto run = scene.first.sync_stepwise(scene.account, begun, [&] {
      REQUIRE(scene.begun());
      REQUIRE(scene.going_on());
      second = scene.other.sync(scene.account);
    });
    REQUIRE(second);
    CHECK(second->has_value() != held);
    CHECK((held || run.error().errc() == st::Errc::lease_lost));
  }
}

TEST_CASE("a run that showed no life at some step, and was taken over, commits nothing from there on") {
  int lost = 0;
  at_each_step([&](std::size_t step) {
    Scene scene;
    bool taken_over = false;
    std::map<std::string, std::vector<std::string>> theirs;
    const auto run = scene.first.sync_stepwise(scene.account, step, [&] {
      taken_over = scene.begun() && scene.going_on();
      scene.clock->advance(16s);  // longer than the lease
      REQUIRE(scene.other.sync(scene.account).value().state == st::RunState::ok);
      theirs = scene.rows();
    });
    REQUIRE_FALSE(theirs.empty());
    if (!taken_over) {
      REQUIRE(run);
      CHECK(scene.total() == (step >= undisturbed().committed ? 120 : 80));
      return;
    }
    ++lost;
    REQUIRE_FALSE(run);
    CHECK(run.error().errc() == st::Errc::lease_lost);
    CHECK(scene.rows() == theirs);
    const auto runs = scene.runs();
    REQUIRE(runs.size() == 3);
    CHECK(runs[0].state == st::RunState::ok);
    CHECK(runs[1].state == st::RunState::failed);
    CHECK(runs[1].finished_at);
    for (const auto& source : runs[1].sources) CHECK(source.disposition == st::Disposition::not_applied);
    scene.check_free();
  });
  CHECK(lost > 25);
}

TEST_CASE("a run that lost its account neither prolongs nor ends the lease of the run that holds it") {
  int lost = 0;
  at_each_step([&](std::size_t step) {
    Scene scene;
    bool taken_over = false;
    const auto run = scene.first.sync_stepwise(scene.account, step, [&] {
      taken_over = scene.begun() && scene.going_on();
      if (!taken_over) return;
      scene.clock->advance(16s);
      scene.first.pace = 0s;
      // The other's process ends at its first page: it holds the account until its lease has passed.
      (void)scene.other.sync_stepwise(scene.account, 6, [&] { scene.other.steps.dead = true; });
      REQUIRE(scene.other.steps.names.back() == "catalogue");
      scene.other.steps.dead = false;
    });
    if (!taken_over) return;
    ++lost;
    REQUIRE_FALSE(run);
    CHECK(run.error().errc() == st::Errc::lease_lost);
    CHECK(scene.rows() == scene.old);
    const auto refused = scene.other.sync(scene.account);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::run_in_progress);
    CHECK(refused.error().message().find(scene.runs()[0].id.text()) != std::string::npos);
    scene.clock->advance(refused.error().details().retry_after.value() - 1us);
    CHECK_FALSE(scene.other.sync(scene.account));
    scene.clock->advance(1us);  // a lease has ended at its end
    scene.check_free();
  });
  CHECK(lost > 25);
}

TEST_CASE("a stop at any step applies nothing, or, once it is committed, everything; the account is free at once") {
  int stopped = 0;
  at_each_step([&](std::size_t step) {
    Scene scene;
    std::stop_source stop;
    st::CallContext context;
    context.stop = stop.get_token();
    const auto run = scene.first.sync_stepwise(
        scene.account, step, [&] { stop.request_stop(); }, context);
    if (step >= undisturbed().committed) {
      REQUIRE(run);
      CHECK(run.value().state == st::RunState::ok);
      CHECK(scene.rows() == undisturbed().rows);
      CHECK(scene.runs()[0].to_json() == run.value().to_json());
      CHECK(scene.other.engine->directory().relay().value() >= 1);  // what changed is heard of all the same
    } else {
      ++stopped;
      REQUIRE_FALSE(run);
      CHECK(run.error().errc() == st::Errc::cancelled);
      CHECK(scene.rows() == scene.old);
      // A stopped run does not wait for the store first.
      const auto& names = scene.first.steps.names;
      if (names[step] != "before commit") CHECK(std::count(names.begin(), names.end(), "before commit") == 0);
      if (scene.begun()) {
        const st::SyncRun ended = scene.runs()[0];
        CHECK(ended.state == st::RunState::cancelled);
        CHECK(ended.finished_at);
        for (const auto& source : ended.sources) CHECK(source.disposition == st::Disposition::not_applied);
      }
    }
    scene.check_free();
  });
  CHECK(stopped > 25);
}

TEST_CASE("if the time ends at any step, the sources that were read completely are applied, and nothing else") {
  int partial = 0;
  at_each_step([&](std::size_t step) {
    Scene scene;
    st::CallContext context;
    context.timeout = 10min;
    const auto run = scene.first.sync_stepwise(
        scene.account, step, [&] { scene.clock->advance(11min); }, context);
    if (!scene.begun()) {
      REQUIRE_FALSE(run);
      CHECK(run.error().errc() == st::Errc::deadline_exceeded);
      CHECK(scene.rows() == scene.old);
      scene.check_free();
      return;
    }
    REQUIRE(run);
    REQUIRE(run.value().sources.size() >= 5);
    bool all = true;
    std::map<std::string, bool> read;
    for (const auto& source : run.value().sources) {
      INFO(source.name);
      const auto& names = undisturbed().names;
      const auto end = std::find(names.begin(), names.end(), source.name + " read");
      REQUIRE(end != names.end());
      const bool in_time = static_cast<std::size_t>(end - names.begin()) <= step;
      read[source.name] = in_time;
      all = all && in_time;
      CHECK((source.state == st::SourceState::ok) == in_time);
      CHECK((source.disposition == st::Disposition::applied) == in_time);
      CHECK(source.error.has_value() != in_time);
    }
    CHECK((run.value().state == st::RunState::ok) == all);
    partial += run.value().state == st::RunState::partial ? 1 : 0;
    CHECK(scene.runs()[0].to_json() == run.value().to_json());
    const auto amount = [&](const std::string& name) { return read[name] ? 20 : 10; };
    const auto positions = scene.other.engine->stock().positions({.account = scene.account}).collect().value();
    REQUIRE(positions.size() == 4);
    for (const auto& p : positions) {
      CHECK(p.on_hand->units() == amount(p.warehouse.key == "M" ? "fbo" : "fbs:" + p.warehouse.key));
      CHECK(p.offer.title == "mug " + std::to_string(amount("catalogue")));
    }
    const auto prices = scene.other.engine->prices().list({.account = scene.account}).collect().value();
    REQUIRE(prices.size() == 2);
    for (const auto& price : prices) CHECK(price.price.minor() == 100 * amount("prices"));
    scene.check_free();
  });
  CHECK(partial > 10);
}

TEST_CASE("a process that ends at some step leaves nothing or everything; the account is free when its lease passed") {
  int held = 0;
  at_each_step([&](std::size_t step) {
    Scene scene;
    (void)scene.first.sync_stepwise(scene.account, step, [&] { scene.first.steps.dead = true; });
    CHECK(scene.rows() == (step >= undisturbed().committed ? undisturbed().rows : scene.old));
    if (scene.begun() && scene.going_on()) {
      ++held;
      const auto refused = scene.other.sync(scene.account);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().errc() == st::Errc::run_in_progress);
      CHECK(refused.error().details().retry_after <= 15s);
      scene.clock->advance(refused.error().details().retry_after.value());
    }
    scene.check_free();
  });
  CHECK(held > 25);
}

TEST_CASE("two writers of one file, each with an account of its own: each run ends as if it were alone") {
  // What a seller sees of an account, whatever numbers its rows have.
  const auto picture = [](const Trader& trader, const st::AccountId& account) {
    std::string text;
    const auto positions = trader.engine->stock().positions({.account = account}).collect().value();
    for (const auto& p : positions) {
      text += p.offer.key + p.offer.title + "@" + p.warehouse.key + "=" + std::to_string(p.on_hand->units()) + " ";
    }
    const auto prices = trader.engine->prices().list({.account = account}).collect().value();
    for (const auto& price : prices) text += price.offer + ":" + price.price.text() + " ";
    const auto lines = trader.engine->orders().lines({.account = account}).collect().value();
    for (const auto& line : lines) text += line.key + "x" + std::to_string(line.quantity) + " ";
    const auto sources = trader.engine->sync().sources(account).value();
    for (const auto& source : sources) text += source.name + to_string(source.state) + " ";
    return text;
  };
  TempFolder folder;
  const auto clock = std::make_shared<st::testing::ManualClock>();
  const auto open = [&] {
    return st::make_sqlite_storage({.path = folder.file("two.db"), .schema = st::schema(), .clock = clock}).value();
  };
  const std::string key = folder.file("key");
  Trader one(open(), clock, key, 1, 20, "b1");
  Trader two(open(), clock, key, 2, 30, "b2");
  const auto ones = one.connect();
  const auto twos = two.connect();
  REQUIRE(ones != twos);
  std::size_t steps = SIZE_MAX;
  std::size_t interleaved = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    INFO("step " << step);
    one.amount = 20 + static_cast<std::int64_t>(step);
    two.amount = 300 + static_cast<std::int64_t>(step);
    clock->advance(1h);
    bool ran = false;
    const auto run = one.sync_stepwise(ones, step, [&] {
      ran = true;
      const auto second = two.sync(twos);
      REQUIRE(second);
      CHECK(second.value().state == st::RunState::ok);
    });
    REQUIRE(run);
    CHECK(run.value().state == st::RunState::ok);
    if (!ran) break;
    ++interleaved;
    const auto mine = picture(one, ones);
    const auto theirs = picture(two, twos);
    CHECK(mine == picture(two, ones));
    CHECK(theirs == picture(one, twos));
    CHECK(one.engine->stock().total(ones).value().on_hand.units() == 4 * one.amount);
    CHECK(one.engine->stock().total(twos).value().on_hand.units() == 4 * two.amount);
    CHECK(std::count(mine.begin(), mine.end(), ' ') == std::count(theirs.begin(), theirs.end(), ' '));
    CHECK(one.engine->sync().runs({.account = twos}).collect().value().size() == step + 1);
  }
  CHECK(interleaved > 30);
  CHECK(one.engine->ledger().verify().value().broken == 0);
}
