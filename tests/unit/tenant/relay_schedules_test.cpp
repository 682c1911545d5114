// Relays and those who have something to report, in every order of their steps.
#include <algorithm>
#include <future>
#include <set>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tenant/relay.hpp"
#include "tests/support/bazaar.hpp"
#include "tests/support/stepped_storage.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

st::EventId event_id(int number) { return st::EventId(st::Uuid::v7(st::Instant::from_seconds(50 + number), 1, 1)); }
st::AccountId account_id(int number) {
  return st::AccountId(st::Uuid::v7(st::Instant::from_seconds(90 + number), 1, 1));
}

// One store in memory, and a consumer that reads events behind the last one that it has seen.
struct Post {
  void put(int number) const {
    const std::string payload = R"({"account":")" + account_id(number).text() + R"(","channel":"ozon"})";
    const auto write = [&](st::Transaction& tx) {
      return st::publish_event(tx, event_id(number), "account.connected", payload, clock->now());
    };
    REQUIRE(storage->tenant(st::kDefaultTenant).value()->transact({}, st::TransactMode::write, write));
  }
  void hint(int number) const { REQUIRE(st::write_relay_hint(*storage, st::kDefaultTenant, event_id(number), {})); }
  void consume() {
    const st::RelayCore reader(storage, clock);
    while (true) {
      const auto page = reader.events(last, 2, {}).value();
      for (const auto& event : page) {
        seen.push_back(event.id);
        last = event.id;
      }
      if (page.empty()) return;
    }
  }
  [[nodiscard]] std::int64_t count(const st::Statement& statement, bool control) const {
    std::int64_t rows = -1;
    const auto read = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto cursor, tx.query(statement));
      STK_TRY(const bool any, cursor->next());
      if (any) rows = cursor->integer(0);
      return st::success();
    };
    const auto plane = storage->tenant(st::kDefaultTenant).value();
    REQUIRE((control ? storage->control() : *plane).transact({}, st::TransactMode::read, read));
    return rows;
  }
  // Every event reached the consumer once, in order; nothing waits.
  void check(int events) {
    static constexpr st::Statement kOutbox{"test.outbox", "SELECT count(*) FROM outbox"};
    static constexpr st::Statement kHints{"test.hints", "SELECT count(*) FROM relay_hint"};
    consume();
    std::vector<st::EventId> all;
    for (int number = 1; number <= events; ++number) all.push_back(event_id(number));
    CHECK(seen == all);
    CHECK(count(kOutbox, false) == 0);
    CHECK(count(kHints, true) == 0);
    const st::RelayCore relay(storage, clock);
    std::set<std::string> listed;
    const auto page = relay.page({}, {});
    REQUIRE(page);
    for (const auto& entry : page.value()) listed.insert(entry.account.text());
    CHECK(listed.size() == static_cast<std::size_t>(events));
  }

  std::shared_ptr<st::testing::ManualClock> clock =
      std::make_shared<st::testing::ManualClock>(st::Instant::from_seconds(1'000'000));
  std::shared_ptr<st::Storage> storage = st::make_sqlite_storage({.path = ":memory:", .schema = st::schema()}).value();
  std::vector<st::EventId> seen;
  st::EventId last;
};

// An engine over a store that counts, whose only seller is about to be connected.
struct Connection {
  // `before` gets the step within this connection; how many there were.
  int connect(const SteppedStorage::Before& before, const st::CallContext& context = {}) {
    const int first = stepped->steps;
    if (before) stepped->before = [&, first](int now) { return before(now - first); };
    st::Credentials credentials;
    credentials.channel = Bazaar::kChannel;
    credentials.parts.push_back({"key", st::Secret::copy_of("k")});
    done = static_cast<bool>(engine.accounts().connect(std::move(credentials), {}, context));
    stepped->before = {};
    return stepped->steps - first;
  }
  // After one more relay; how many accounts there are, each of them listed.
  [[nodiscard]] std::size_t lists_what_is_connected() const {
    REQUIRE(st::RelayCore(memory, bazaar.clock).relay({}));
    const auto accounts = engine.accounts().list().collect().value();
    const auto listed = engine.directory().accounts().collect().value();
    REQUIRE(listed.size() == accounts.size());
    for (std::size_t i = 0; i < listed.size(); ++i) CHECK(listed[i].account == accounts[i].id);
    return accounts.size();
  }

  Bazaar bazaar;
  std::shared_ptr<st::Storage> memory =
      st::make_sqlite_storage({.path = ":memory:", .schema = st::schema(), .clock = bazaar.clock}).value();
  std::shared_ptr<SteppedStorage> stepped = std::make_shared<SteppedStorage>(memory);
  st::Engine engine = st::open({.storage = stepped,
                                .clock = bazaar.clock,
                                .random = std::make_shared<st::testing::SeededRandom>(5),
                                .executor = st::make_inline_executor(),
                                .connectors = {std::make_shared<BazaarFactory>(bazaar)}})
                          .value();
  bool done = false;
};

}  // namespace

TEST_CASE(
    "an event that is carried over after younger ones reaches a reader who has seen those, whatever the clocks say") {
  Post post;
  const auto carry = [&](int number, int clock) {
    post.put(number);
    post.hint(number);
    const auto own = std::make_shared<st::testing::ManualClock>(st::Instant::from_seconds(1'000'000 + clock));
    REQUIRE(st::RelayCore(post.storage, own).relay({}).value() == 1);
    post.consume();
  };
  carry(3, 0);
  carry(1, -3'600);  // of a process whose clock is an hour behind
  carry(4, 3'600);
  carry(2, 0);
  CHECK(post.seen == std::vector{event_id(3), event_id(1), event_id(4), event_id(2)});
}

TEST_CASE("what is reported while a relay works is carried by it or the next one, whichever steps it falls between") {
  // The third event is put before one step and hinted before the same or a later one, as a commit does it.
  int schedules = 0;
  for (const bool beside : {false, true}) {  // another relay runs completely in between
    for (int put = 0;; ++put) {
      int steps = 0;
      for (int hinted = put;; ++hinted) {
        INFO("put before step " << put << ", hinted before step " << hinted << ", another relay: " << beside);
        Post post;
        post.put(1);
        post.put(2);
        post.hint(2);
        auto stepped = std::make_shared<SteppedStorage>(post.storage);
        int done = 0;
        stepped->before = [&](int step) -> st::Result<void> {
          post.consume();
          if (step == put && done == 0) post.put(++done + 2);
          if (step == hinted && done == 1) {
            post.hint(++done + 1);
            if (beside) REQUIRE(st::RelayCore(post.storage, post.clock).relay({}));
          }
          return st::success();
        };
        REQUIRE(st::RelayCore(stepped, post.clock).relay({}));
        stepped->before = {};
        steps = stepped->steps;
        if (done == 0) post.put(++done + 2);
        if (done == 1) post.hint(3);
        REQUIRE(st::RelayCore(post.storage, post.clock).relay({}));
        post.check(3);
        ++schedules;
        if (hinted >= steps) break;
      }
      if (put >= steps) break;
    }
  }
  CHECK(schedules > 60);
}

TEST_CASE("a relay that dies at any step while another one works at any other loses nothing and repeats nothing") {
  int schedules = 0;
  for (int death = 0; death < 12; ++death) {
    for (int other = 0; other <= death; ++other) {
      INFO("dies at step " << death << ", another relay at step " << other);
      Post post;
      for (const int number : {1, 2, 3}) post.put(number);
      post.hint(3);
      auto stepped = std::make_shared<SteppedStorage>(post.storage);
      std::size_t carried = 0;
      stepped->before = [&](int step) -> st::Result<void> {
        post.consume();
        if (step == other) carried += st::RelayCore(post.storage, post.clock).relay({}).value();
        if (step >= death) return st::Errc::io_failed;
        return st::success();
      };
      if (const auto rest = st::RelayCore(stepped, post.clock).relay({})) carried += rest.value();
      stepped->before = {};
      REQUIRE(st::RelayCore(post.storage, post.clock).relay({}));
      CHECK(carried <= 3);
      post.check(3);
      ++schedules;
    }
  }
  CHECK(schedules == 78);
}

TEST_CASE("an account that is connected while another process relays is in the directory after the next relay") {
  // The first hint may be cleared before there is anything to carry: nobody would ever look again.
  const int steps = Connection().connect(nullptr);
  CHECK(steps > 6);
  for (int step = 0; step < steps; ++step) {
    INFO("another relay runs before step " << step);
    Connection connection;
    connection.connect([&](int now) -> st::Result<void> {
      if (now == step) REQUIRE(st::RelayCore(connection.memory, connection.bazaar.clock).relay({}));
      return st::success();
    });
    REQUIRE(connection.done);
    CHECK(connection.lists_what_is_connected() == 1);
    CHECK(connection.engine.directory().events({}, 10).value().size() == 1);
  }
}

TEST_CASE(
    "an account whose connection goes on while another process's relay rests is in the directory after the next") {
  // That relay has read the first hint and found nothing; what it clears afterwards must not be the second hint.
  const int steps = Connection().connect(nullptr);
  int rested = 0;
  for (int start = 0; start < steps; ++start) {
    for (int end = start + 1; end < steps; ++end) {
      for (int rest = 0; rest < 4; ++rest) {
        INFO("another relay begins before step " << start << ", rests before its step " << rest
                                                 << ", and ends before step " << end);
        Connection connection;
        std::promise<void> stands;
        std::promise<void> goes_on;
        std::future<bool> other;
        const auto relay = [&] {
          auto stepped = std::make_shared<SteppedStorage>(connection.memory);
          bool waited = false;
          stepped->before = [&](int now) -> st::Result<void> {
            if (now != rest) return st::success();
            waited = true;
            stands.set_value();
            goes_on.get_future().wait();
            return st::success();
          };
          const bool done = static_cast<bool>(st::RelayCore(stepped, connection.bazaar.clock).relay({}));
          if (!waited) stands.set_value();
          return done;
        };
        connection.connect([&](int now) -> st::Result<void> {
          if (now == start) {
            other = std::async(std::launch::async, relay);
            stands.get_future().wait();
          } else if (now == end) {
            rested += other.wait_for(std::chrono::seconds(0)) == std::future_status::timeout ? 1 : 0;
            goes_on.set_value();
            REQUIRE(other.get());
          }
          return st::success();
        });
        REQUIRE(connection.done);
        CHECK(connection.lists_what_is_connected() == 1);
        CHECK(connection.engine.directory().events({}, 10).value().size() == 1);
      }
    }
  }
  CHECK(rested > 30);
}

TEST_CASE("a connection that is stopped or runs out of time leaves no account that the next relay does not list") {
  const int steps = Connection().connect(nullptr);
  int stored = 0;
  for (const bool stopped : {true, false}) {
    for (int relayed = 0; relayed < steps; ++relayed) {
      for (int over = relayed; over < steps; ++over) {
        INFO("another relay runs before step " << relayed << ", over before step " << over << ", stop: " << stopped);
        Connection connection;
        std::stop_source source;
        st::CallContext context;
        if (stopped) {
          context.stop = source.get_token();
        } else {
          context.deadline = connection.bazaar.clock->now() + std::chrono::hours(1);
        }
        connection.connect(
            [&](int now) -> st::Result<void> {
              if (now == relayed) REQUIRE(st::RelayCore(connection.memory, connection.bazaar.clock).relay({}));
              if (now != over) return st::success();
              if (stopped)
                source.request_stop();
              else
                connection.bazaar.clock->advance(std::chrono::hours(2));
              return st::success();
            },
            context);
        const auto accounts = connection.lists_what_is_connected();
        CHECK(accounts == (connection.done ? 1 : 0));
        stored += connection.done ? 1 : 0;
      }
    }
  }
  CHECK(stored > 10);
}

TEST_CASE("a connection that is cut off at any step leaves no account that the next relay does not list") {
  const int steps = Connection().connect(nullptr);
  int stored = 0;
  for (int step = 0; step < steps; ++step) {
    INFO("dies at step " << step);
    Connection connection;
    connection.connect([&](int now) -> st::Result<void> {
      if (now >= step) return st::Errc::io_failed;
      return st::success();
    });
    const auto accounts = connection.lists_what_is_connected();
    CHECK(accounts == (connection.done ? 1 : 0));
    stored += connection.done ? 1 : 0;
  }
  CHECK(stored > 2);
  CHECK(stored < steps - 1);
}

TEST_CASE("one tenant's flood keeps the others waiting for a turn, and no page of it or of hints is left out") {
  TempFolder folder;
  auto storage = st::make_sqlite_folder({.path = folder.file("s"), .schema = st::schema()}).value();
  auto clock = std::make_shared<st::testing::ManualClock>(st::Instant::from_seconds(1'000'000));
  const auto tenant = [](int number) {
    return st::TenantId(st::Uuid::v7(st::Instant::from_seconds(9), 1, static_cast<std::uint64_t>(number)));
  };
  // So many hints of tenants that have gone that those of the two fill no first page.
  constexpr int kGone = 2'100;
  const auto flood = tenant(kGone + 1);
  const auto calm = tenant(kGone + 2);
  constexpr int kFlood = 25 * 200 + 30;
  for (const auto& one : {flood, calm}) REQUIRE(storage->create_tenant(one, {}));
  const auto fill = [&](const st::TenantId& one, int events) {
    const auto write = [&](st::Transaction& tx) -> st::Result<void> {
      for (int i = 0; i < events; ++i) {
        STK_TRY(st::publish_event(tx, event_id(i), "sync.finished", "{}", clock->now()));
      }
      return st::success();
    };
    REQUIRE(storage->tenant(one).value()->transact({}, st::TransactMode::bulk, write));
  };
  fill(flood, kFlood);
  const auto write_calm = [&](st::Transaction& tx) {
    return st::publish_event(tx, event_id(900'000), "sync.finished", "{}", clock->now());
  };
  REQUIRE(storage->tenant(calm).value()->transact({}, st::TransactMode::write, write_calm));
  const auto hints = [&](st::Transaction& tx) -> st::Result<void> {
    for (int i = 1; i <= kGone + 2; ++i) {
      const std::string id = tenant(i).text();
      STK_TRY(tx.upsert("relay_hint", st::OnConflict::update,
                        {st::SqlColumn::constant("tenant_id", id), st::SqlColumn::constant("stamp", "s")}));
    }
    return st::success();
  };
  REQUIRE(storage->control().transact({}, st::TransactMode::bulk, hints));

  st::RelayCore relay(storage, clock);
  CHECK(relay.relay({}).value() == 25 * 200 + 1);  // a turn of the flood, and all of the other
  CHECK(relay.relay({}).value() == 30);
  CHECK(relay.relay({}).value() == 0);
  std::set<std::string> ids;
  st::EventId after;
  while (true) {
    const auto page = relay.events(after, 777, {}).value();
    if (page.empty()) break;
    for (const auto& event : page) CHECK(ids.insert(event.id.text()).second);
    after = page.back().id;
  }
  CHECK(ids.size() == kFlood + 1);
}

TEST_CASE("the directory lists each account of many tenants once, over all of its pages") {
  Post post;
  std::set<std::string> written;
  const auto write = [&](st::Transaction& tx) -> st::Result<void> {
    for (std::uint64_t i = 0; i < 2'345; ++i) {
      // Tenants of 700: the borders of pages fall into the middle of one.
      const std::string tenant = st::Uuid::v7(st::Instant::from_seconds(9), 1, i / 700).text();
      const std::string account = st::Uuid::v7(st::Instant::from_seconds(10), 1, i).text();
      written.insert(tenant + account);
      STK_TRY(tx.upsert("account_directory", st::OnConflict::fail,
                        {st::SqlColumn::constant("tenant_id", tenant), st::SqlColumn::constant("account_id", account),
                         st::SqlColumn::constant("channel", "ozon")}));
    }
    return st::success();
  };
  REQUIRE(post.storage->control().transact({}, st::TransactMode::bulk, write));
  const st::Directory directory(std::make_shared<st::RelayCore>(post.storage, post.clock));
  std::set<std::string> listed;
  const auto entries = directory.accounts().collect().value();
  for (const auto& entry : entries) listed.insert(entry.tenant.text() + entry.account.text());
  CHECK(entries.size() == written.size());
  CHECK(listed == written);
}

TEST_CASE("an event is kept for thirty days after it was carried, whenever it was made") {
  Post post;
  st::RelayCore relay(post.storage, post.clock);
  post.put(1);
  post.hint(1);
  post.clock->advance(std::chrono::hours(24 * 100));  // nobody relayed for long
  CHECK(relay.relay({}).value() == 1);
  CHECK(relay.events({}, 10, {}).value().front().created_at == st::Instant::from_seconds(1'000'000));
  const auto kept_after = [&](st::Duration time) {
    post.clock->advance(time);
    post.put(2);
    post.hint(2);
    CHECK(relay.relay({}));
    return relay.events({}, 10, {}).value().size();
  };
  CHECK(kept_after(std::chrono::hours(24 * 30)) == 2);
  CHECK(kept_after(std::chrono::microseconds(1)) == 1);
  CHECK(relay.page({}, {}).value().size() == 2);  // accounts stay
}
