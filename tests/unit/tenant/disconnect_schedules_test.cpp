// An account is disconnected and connected by two processes, in every order of their steps: the directory ends as the
// account does.
#include <functional>

#include <stocktracker/adapters/sqlite.hpp>

#include "tenant/relay.hpp"
#include "tests/support/bazaar.hpp"
#include "tests/support/stepped_storage.hpp"

namespace st = stocktracker;

namespace {

// Two processes with one store and one seller, who is connected.
struct Town {
  Town() { REQUIRE(connect(second)); }

  st::Engine open(std::shared_ptr<st::Storage> storage, std::uint64_t seed) {
    return st::open({.storage = std::move(storage),
                     .clock = bazaar.clock,
                     .random = std::make_shared<st::testing::SeededRandom>(seed),
                     .executor = st::make_inline_executor(),
                     .connectors = {std::make_shared<BazaarFactory>(bazaar)}})
        .value();
  }
  static bool connect(st::Engine& engine) {
    st::Credentials credentials;
    credentials.channel = Bazaar::kChannel;
    credentials.parts.push_back({"key", st::Secret::copy_of("k")});
    return engine.accounts().connect(std::move(credentials)).has_value();
  }
  bool disconnect(st::Engine& engine) const {
    const auto all = engine.accounts().list().collect().value();
    return engine.accounts().disconnect(all.front().id).has_value();
  }
  // Runs `action` in the first process, with `between` before its step `step`; how many steps there were.
  int run(const std::function<bool()>& action, int step, const std::function<void()>& between) {
    const int from = stepped->steps;
    stepped->before = [&, from](int now) -> st::Result<void> {
      if (now - from == step) between();
      return st::success();
    };
    CHECK(action());
    stepped->before = {};
    return stepped->steps - from;
  }
  // After one more relay.
  void check_directory() {
    REQUIRE(st::RelayCore(memory, bazaar.clock).relay({}));
    const auto account = second.accounts().list().collect().value().front();
    CHECK(second.directory().accounts().collect().value().size() == (account.disconnected_at ? 0U : 1U));
  }

  Bazaar bazaar;
  std::shared_ptr<st::Storage> memory =
      st::make_sqlite_storage({.path = ":memory:", .schema = st::schema(), .clock = bazaar.clock}).value();
  std::shared_ptr<SteppedStorage> stepped = std::make_shared<SteppedStorage>(memory);
  st::Engine first = open(stepped, 5);
  st::Engine second = open(memory, 6);
};

}  // namespace

TEST_CASE("the directory ends as the account does when two processes disconnect and connect it at one moment") {
  int schedules = 0;
  for (const bool first_connects : {false, true}) {
    // With the other process's act in between, the first one may have less to do: the steps are those of an action
    // that nobody disturbs.
    const auto act_in = [first_connects](Town& town) {
      return std::function<bool()>(
          [&town, first_connects] { return first_connects ? Town::connect(town.first) : town.disconnect(town.first); });
    };
    const auto begin = [first_connects](Town& town) {
      if (first_connects) REQUIRE(town.disconnect(town.second));
    };
    Town alone;
    begin(alone);
    const int steps = alone.run(act_in(alone), -1, [] {});
    for (int step = 0; step < steps; ++step) {
      INFO("the other process acts before step " << step << (first_connects ? " of connecting" : " of disconnecting"));
      Town town;
      begin(town);
      // The clock of the other process is behind: its event is older by its id.
      const auto other = [&] {
        town.bazaar.clock->step_back(std::chrono::hours(1));
        CHECK((first_connects ? town.disconnect(town.second) : Town::connect(town.second)));
      };
      town.run(act_in(town), step, other);
      town.check_directory();
      ++schedules;
    }
  }
  CHECK(schedules > 20);
}

TEST_CASE("a process that ends at some step of a disconnection leaves a directory that the next relay puts right") {
  Town whole;
  const int before = whole.stepped->steps;
  REQUIRE(whole.disconnect(whole.first));
  const int steps = whole.stepped->steps - before;
  for (int step = 0; step < steps; ++step) {
    INFO("the process ends before step " << step);
    Town town;
    const auto account = town.second.accounts().list().collect().value().front().id;
    const int begun = town.stepped->steps;
    town.stepped->before = [&, begun](int now) -> st::Result<void> {
      if (now - begun >= step) return st::Errc::io_failed;
      return st::success();
    };
    static_cast<void>(town.first.accounts().disconnect(account));
    town.stepped->before = {};
    town.check_directory();
  }
  CHECK(steps > 4);
}
