// Who is sent next, without a network.
#include "adapters/curl/admission.hpp"

#include <map>
#include <set>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using st::curl::Admission;
using st::curl::Slots;
using st::curl::SteadyTime;
using st::curl::Ticket;
using namespace std::chrono_literals;

namespace {

st::TenantId tenant(unsigned char number) { return st::TenantId(st::Uuid({number})); }

const st::TenantId kA = tenant(1);
const st::TenantId kB = tenant(2);
const st::TenantId kC = tenant(3);

// The reactor's side: starts what it may, all connections are made at once unless a test says otherwise.
struct Desk {
  Admission admission;
  std::vector<std::shared_ptr<Ticket>> flying{};
  SteadyTime now{};

  void ask(const st::TenantId& who, const std::string& host, int times = 1, bool shares = false) {
    for (int n = 0; n < times; ++n) admission.wait(std::make_shared<Ticket>(who, host, shares));
  }
  int start(bool connect = true) {
    int started = 0;
    while (auto ticket = admission.next(now)) {
      if (connect) admission.connected(*ticket);
      flying.push_back(ticket);
      ++started;
    }
    return started;
  }
  // The oldest of this tenant.
  void end(const st::TenantId& who, bool resolving = false) {
    const auto found = std::ranges::find_if(flying, [&](const auto& one) { return one->tenant() == who; });
    REQUIRE(found != flying.end());
    admission.leave(**found, resolving, now);
    flying.erase(found);
  }
  [[nodiscard]] int in_flight(const st::TenantId& who) const {
    return static_cast<int>(std::ranges::count_if(flying, [&](const auto& one) { return one->tenant() == who; }));
  }
};

}  // namespace

TEST_CASE("a tenant alone gets seven eighths of the places, and each newcomer finds one") {
  for (const int room : {1, 2, 3, 4, 6, 16, 64, 100}) {
    INFO(room);
    Slots places(room);
    int alone = 0;
    for (; places.may_take(kA); ++alone) places.take(kA);
    CHECK(alone >= (room < 4 ? room : room * 7 / 8 - 1));
    CHECK(places.may_take(kB) == (room >= 4));
    if (room < 4) continue;
    while (places.may_take(kB)) places.take(kB);
    if (room >= 16) CHECK(places.may_take(kC));  // some places are left for a third
  }
}

TEST_CASE("tenants that want everything end with equal shares") {
  Desk desk{Admission(64, 64)};
  desk.ask(kA, "one", 500);
  desk.start();
  CHECK(desk.in_flight(kA) == 56);
  desk.ask(kB, "one", 500);
  desk.start();
  CHECK(desk.in_flight(kB) >= 6);
  for (int n = 0; n < 60; ++n) {
    desk.end(kA);
    desk.start();
    if (desk.in_flight(kB) > 0) desk.end(kB);
    desk.start();
  }
  CHECK(std::abs(desk.in_flight(kA) - desk.in_flight(kB)) <= 4);
  CHECK(desk.in_flight(kA) + desk.in_flight(kB) >= 58);
}

TEST_CASE("a newcomer to a host waits for nothing, or for one place") {
  Desk desk{Admission(64, 6)};
  desk.ask(kA, "host", 200);
  CHECK(desk.start() == 5);
  desk.ask(kB, "host", 10);
  CHECK(desk.start() == 1);
  CHECK(desk.in_flight(kB) == 1);
  desk.ask(kC, "host");
  CHECK(desk.start() == 0);
  desk.end(kA);
  CHECK(desk.start() == 1);
  CHECK(desk.in_flight(kC) == 1);
}

TEST_CASE("requests to one host do not hold up those of the same tenant to another") {
  Desk desk{Admission(64, 6)};
  desk.ask(kA, "full", 50);
  desk.ask(kA, "other", 2);
  CHECK(desk.start() == 7);
}

TEST_CASE("turns go round among tenants, however many requests each has") {
  Desk desk{Admission(64, 1)};
  desk.ask(kA, "host", 4);
  desk.ask(kB, "host", 2);
  desk.ask(kC, "host", 1);
  std::vector<st::TenantId> order;
  while (desk.start() == 1) {
    order.push_back(desk.flying.back()->tenant());
    desk.end(order.back());
  }
  CHECK(order == std::vector{kA, kB, kC, kA, kB, kA, kA});
  CHECK(desk.admission.empty());
}

TEST_CASE("one request makes the connection that the others to its host share") {
  Desk desk{Admission(64, 6)};
  desk.ask(kA, "host", 300, true);
  CHECK(desk.start(false) == 1);
  desk.admission.connected(*desk.flying[0]);
  CHECK(desk.start() == 4);  // it may yet turn out to be HTTP/1.1: five of six
  desk.admission.answered(*desk.flying[0], true);
  CHECK(desk.start() >= 80);  // one connection for all
  desk.ask(kB, "host", 1, true);
  CHECK(desk.start() == 1);
  // It takes one of the connections in all.
  desk.ask(kA, "elsewhere", 60);
  int others = 0;
  for (int n = 0; n < 60; ++n) {
    desk.ask(kB, "elsewhere " + std::to_string(n));
    others += desk.start();
  }
  CHECK(others <= 63);
}

TEST_CASE("a host that answers with HTTP/1.1 gets its connections one for each request") {
  Desk desk{Admission(64, 6)};
  desk.ask(kA, "host", 20, true);
  CHECK(desk.start() == 5);
  for (const auto& one : desk.flying) desk.admission.answered(*one, false);
  CHECK(desk.start() == 0);
  desk.end(kA);
  CHECK(desk.start() == 1);
}

TEST_CASE("names that never resolve take half of the connections at most, and go on to after they were given up") {
  Desk desk{Admission(64, 6)};
  desk.ask(kA, "good");
  CHECK(desk.start() == 1);
  for (int n = 0; n < 100; ++n) desk.ask(kA, "slow " + std::to_string(n));
  CHECK(desk.start(false) == 28);  // seven eighths of half
  desk.ask(kB, "quick");
  CHECK(desk.start(false) == 1);
  desk.ask(kA, "good", 3);
  CHECK(desk.start() == 3);  // hosts that work are not held up
  // Given up: threads still wait for the names, so no more are begun.
  desk.end(kA);
  for (int n = 0; n < 28; ++n) desk.end(kA, true);
  CHECK(desk.start(false) == 0);
  desk.ask(kC, "quick");
  CHECK(desk.start() == 1);
  desk.now += 30s - 1ns;
  CHECK(desk.start(false) == 0);
  desk.now += 1ns;
  CHECK(desk.start(false) > 20);
}

TEST_CASE("a transport with one connection is one all the same") {
  Desk desk{Admission(1, 1)};
  desk.ask(kA, "one", 2);
  CHECK(desk.start() == 1);
  desk.end(kA);
  CHECK(desk.start() == 1);
}

TEST_CASE("a host that could not be reached is an attempt again") {
  Desk desk{Admission(8, 8)};
  desk.ask(kA, "host");
  desk.start();
  desk.end(kA);
  desk.ask(kA, "host", 8);
  const int known = desk.start(false);
  CHECK(known > 4);
  for (int n = 0; n < known; ++n) desk.end(kA);  // none of them was connected
  desk.ask(kA, "host", 8);
  CHECK(desk.start(false) == 3);  // of the four places for attempts one is left for others
}

TEST_CASE("what a host shares is one connection with a hundred requests, and counts as one of all connections") {
  Desk desk{Admission(64, 3)};
  desk.ask(kA, "host", 1, true);
  desk.start();
  desk.admission.answered(*desk.flying[0], true);
  desk.ask(kA, "host", 300, true);
  desk.ask(kB, "host", 300, true);
  desk.start();
  CHECK(desk.in_flight(kA) + desk.in_flight(kB) <= 100);
  CHECK(desk.in_flight(kA) + desk.in_flight(kB) > 90);
  // Beside the shared connection a host has one less for requests that share none.
  desk.ask(kC, "host", 5);
  CHECK(desk.start() == 2);

  Desk full{Admission(3, 3)};
  full.ask(kA, "host", 1, true);
  full.start();
  full.admission.answered(*full.flying[0], true);
  full.end(kA);  // its protocol is known, and it has no connection now
  for (const char* other : {"one", "two", "three"}) full.ask(kB, other);
  CHECK(full.start() == 3);
  full.ask(kA, "host", 1, true);
  CHECK(full.start() == 0);
  full.end(kB);
  CHECK(full.start() == 1);
}

TEST_CASE("where one connection to a host is there, another one on its way holds nobody up") {
  Desk desk{Admission(64, 6)};
  desk.ask(kA, "host", 300, true);
  CHECK(desk.start(false) == 1);
  desk.admission.connected(*desk.flying[0]);
  CHECK(desk.start(false) == 4);
}

TEST_CASE("what is sent again comes before its tenant's others, and not before other tenants' turns") {
  Desk desk{Admission(64, 1)};
  desk.ask(kA, "host", 2);
  desk.ask(kB, "host", 1);
  const auto again = std::make_shared<Ticket>(kA, "host", false);
  desk.admission.wait(again, true);
  CHECK(desk.start() == 1);
  CHECK(desk.flying.back() == again);
  desk.end(kA);
  CHECK(desk.start() == 1);
  CHECK(desk.flying.back()->tenant() == kB);
}

TEST_CASE("a tenant that withdraws its requests takes no turn of another tenant") {
  Desk desk{Admission(64, 1)};
  for (const auto& who : {kA, kB, kC}) desk.ask(who, "host", 2);
  desk.start();
  desk.admission.take_out([](const Ticket& one) { return one.tenant() == kA; }, [](const std::shared_ptr<Ticket>&) {});
  desk.end(kA);
  CHECK(desk.start() == 1);
  CHECK(desk.flying.back()->tenant() == kB);
}

TEST_CASE("hosts are forgotten when they are many, and none that is in use") {
  Desk desk{Admission(64, 1)};
  desk.ask(kB, "busy", 1);
  CHECK(desk.start() == 1);
  for (int n = 0; n < 600; ++n) {
    desk.ask(kA, "host " + std::to_string(n));
    REQUIRE(desk.start() == 1);
    desk.end(kA);
  }
  desk.ask(kB, "busy", 1);
  CHECK(desk.start() == 0);
  desk.end(kB);
  CHECK(desk.start() == 1);
}

TEST_CASE("all places are given back, in whatever order requests end") {
  Desk desk{Admission(8, 3)};
  for (int round = 0; round < 200; ++round) {
    const std::string host = "host " + std::to_string(round % 5);
    for (const auto& who : {kA, kB, kC}) desk.ask(who, host, 1 + round % 4, round % 3 == 0);
    desk.start(round % 7 != 0);
    for (std::size_t n = 0; n < desk.flying.size(); ++n) {
      if ((n + static_cast<std::size_t>(round)) % 2 == 0) desk.admission.connected(*desk.flying[n]);
      if (n % 2 == 1) desk.admission.answered(*desk.flying[n], round % 2 == 0);
      if (n % 3 == 1) desk.admission.discount(*desk.flying[n]);
    }
    while (desk.flying.size() > static_cast<std::size_t>(round % 4)) desk.end(desk.flying.front()->tenant());
    desk.admission.take_out([&](const Ticket& one) { return one.tenant() == kB && round % 2 == 0; },
                            [](const std::shared_ptr<Ticket>&) {});
  }
  desk.admission.take_out([](const Ticket&) { return true; }, [](const std::shared_ptr<Ticket>&) {});
  while (!desk.flying.empty()) desk.end(desk.flying.front()->tenant());
  CHECK(desk.admission.empty());
  // As in the beginning.
  std::map<int, int> started;
  for (int n = 0; n < 3; ++n) {
    desk.ask(kA, "new " + std::to_string(n), 10);
    started[n] = desk.start();
  }
  Desk fresh{Admission(8, 3)};
  for (int n = 0; n < 3; ++n) {
    fresh.ask(kA, "new " + std::to_string(n), 10);
    CHECK(fresh.start() == started[n]);
  }
  desk.ask(kB, "host 1", 1, true);
  CHECK(desk.start() == 1);
}
