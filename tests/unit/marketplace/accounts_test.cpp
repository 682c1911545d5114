// Accounts as the store has them: who is who, what is kept beside them, and what a connection replaces.
#include <stocktracker/core/time_text.hpp>

#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::HealthState;

namespace {

// A channel like the bazaar under another name: its sellers have keys of their own.
class OtherFactory final : public st::ConnectorFactory {
 public:
  explicit OtherFactory(Bazaar& bazaar) : factory_(bazaar) {}
  st::Channel channel() const noexcept override { return st::Channel("fair"); }
  st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials& credentials,
                                                     const st::ConnectorPorts& ports) override {
    return factory_.connect(credentials, ports);
  }
  st::Credentials merged(st::Credentials held, st::Credentials fresh, st::Instant now) const override {
    return factory_.merged(std::move(held), std::move(fresh), now);
  }

 private:
  BazaarFactory factory_;
};

struct Square {
  st::Result<st::Account> connect(const std::string& seller, const std::string& label = "",
                                  const std::string& address = "", const st::Channel& channel = Bazaar::kChannel) {
    bazaar.seller = seller;
    st::Credentials credentials;
    credentials.channel = channel;
    credentials.parts.push_back({"key", st::Secret::copy_of("k-" + seller)});
    if (!address.empty()) credentials.parts.push_back({"base_url", st::Secret::copy_of(address)});
    return engine.accounts().connect(std::move(credentials), {.label = label});
  }
  std::vector<st::CredentialFacts> facts(const st::AccountId& id) { return engine.accounts().credentials(id).value(); }

  Bazaar bazaar;
  st::Engine engine =
      st::open({.path = ":memory:",
                .clock = bazaar.clock,
                .random = std::make_shared<st::testing::SeededRandom>(5),
                .executor = st::make_inline_executor(),
                .connectors = {std::make_shared<BazaarFactory>(bazaar), std::make_shared<OtherFactory>(bazaar)}})
          .value();
};

st::CredentialFacts fact(const std::string& part, std::optional<st::Instant> expires_at = {}) {
  return {.part = part, .expires_at = expires_at};
}

}  // namespace

TEST_CASE("a label is one account's, and its own account may be connected under it again") {
  Square square;
  const auto first = square.connect("s1", "shop").value();
  CHECK(square.connect("s1", "shop").value().id == first.id);
  const auto refused = square.connect("s2", "shop");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::already_exists);
  CHECK(refused.error().details().field == "label");
  CHECK(square.engine.accounts().list().collect().value().size() == 1);
  // A new label, and one that stays when none is given.
  CHECK(square.connect("s1", "market").value().label == "market");
  CHECK(square.connect("s1").value().label == "market");
  CHECK(square.connect("s2", "shop").value().label == "shop");
  for (const std::string& bad : {std::string("two\nlines"), std::string("\xff"), std::string(1'025, 'x'),
                                 std::string("  "), std::string("\u00A0\u2003\u200B\uFEFF"), std::string("a\u009B2J"),
                                 std::string("shop\u202Epohs"), std::string("\u2066shop\u2069")}) {
    CAPTURE(bad);
    const auto odd = square.connect("s3", bad);
    REQUIRE_FALSE(odd);
    CHECK(odd.error().errc() == st::Errc::invalid_argument);
    CHECK(odd.error().details().field == "label");
  }
}

TEST_CASE("a label may have blanks and letters of any alphabet") {
  Square square;
  for (const std::string label : {"мой магазин 2", "商店 ①", "دكان", "a\u2003b"})
    CHECK(square.connect("s1", label).value().label == label);
}

TEST_CASE("an account without a label has the seller's name, with its key where another has that name already") {
  Square square;
  CHECK(square.connect("s1").value().label == "Stall");
  CHECK(square.connect("s2").value().label == "Stall s2");
  square.bazaar.seller_name.clear();
  CHECK(square.connect("s3").value().label == "s3");
  square.bazaar.seller_name = std::string(2'000, 'n');  // too long for a label
  CHECK(square.connect("s4").value().label == "s4");
  // The name that a seller has meanwhile is stored, the label stays as it was.
  square.bazaar.seller_name = "Anna";
  const auto again = square.connect("s1").value();
  CHECK(again.label == "Stall");
  CHECK(square.engine.accounts().get(again.id).value().seller_name == "Anna");
}

TEST_CASE("the same seller key on another channel is another account") {
  Square square;
  const auto here = square.connect("s1").value();
  const auto there = square.connect("s1", "", "", st::Channel("fair")).value();
  CHECK(there.id != here.id);
  CHECK(there.channel == st::Channel("fair"));
  CHECK(square.engine.accounts().get(here.id).value().channel == Bazaar::kChannel);
}

TEST_CASE("an account that is connected again keeps its id and the time at which it was connected first") {
  Square square;
  const auto first = square.connect("s1").value();
  square.bazaar.clock->advance(1h);
  const auto again = square.connect("s1").value();
  CHECK(again.id == first.id);
  CHECK(again.connected_at == first.connected_at);
  CHECK(square.engine.accounts().get(first.id).value().connected_at == first.connected_at);
}

TEST_CASE("an account is found by its id, its label and its seller key, and a name of two is refused") {
  Square square;
  const auto first = square.connect("s1", "north").value();
  const auto second = square.connect("s2", "s1").value();  // its label is the other's seller key
  const auto accounts = square.engine.accounts();
  CHECK(accounts.find("north").value().id == first.id);
  CHECK(accounts.find(first.id.text()).value().id == first.id);
  CHECK(accounts.find("s2").value().id == second.id);
  const auto both = accounts.find("s1");
  REQUIRE_FALSE(both);
  CHECK(both.error().errc() == st::Errc::invalid_argument);
  CHECK(both.error().message().find("use the id") != std::string::npos);
  CHECK(accounts.find("s").error().errc() == st::Errc::not_found);
  // One account that fits by several of its names is one.
  const auto third = square.connect("s3", "s3").value();
  CHECK(accounts.find("s3").value().id == third.id);
  // The id of an account is its own, also as the label of another one.
  REQUIRE(square.engine.accounts().rename(second.id, first.id.text()));
  CHECK(accounts.find(first.id.text()).value().id == first.id);
  CHECK(accounts.get(first.id).value().id == first.id);
}

// A token that was sent to another address than its own is in other hands.
TEST_CASE("earlier credentials join the new ones at the same address alone") {
  Square square;
  int joined = 0;
  square.bazaar.merged = [&](st::Credentials held, st::Credentials fresh) {
    ++joined;
    CHECK(held.find("key") != nullptr);
    return fresh;
  };
  const auto joins = [&](const std::string& address) {
    const int before = joined;
    REQUIRE(square.connect("s1", "", address));
    return joined > before;
  };
  CHECK_FALSE(joins("https://one.example"));
  CHECK(joins("https://one.example"));
  CHECK(joins("https://one.example/"));  // a slash at the end names the same
  CHECK_FALSE(joins("https://two.example"));
  CHECK_FALSE(joins(""));
  CHECK(joins(""));
  CHECK_FALSE(joins("https://two.example"));
  // Those of another seller, and of the seller with the same key on another channel, stay where they are.
  REQUIRE(square.connect("s2", "", "https://two.example"));
  REQUIRE(square.connect("s1", "", "https://two.example", st::Channel("fair")));
  CHECK(joined == 3);
}

TEST_CASE("what the marketplace says of a part counts instead of what the part says of itself") {
  Square square;
  const auto now = square.bazaar.clock->now();
  square.bazaar.facts = [&](const st::Credentials&) {
    return std::vector<st::CredentialFacts>{fact("key", now + 24h), fact("other", now + 24h * 300)};
  };
  square.bazaar.asked_facts = {fact("key", now + 24h * 100)};
  square.bazaar.asked_facts[0].read_only = true;
  const auto account = square.connect("s1").value();
  CHECK(square.engine.accounts().health(account.id).value().state == HealthState::ok);
  const auto facts = square.facts(account.id);
  REQUIRE(facts.size() == 2);
  CHECK(facts[0].part == "key");
  CHECK(facts[0].expires_at == now + 24h * 100);
  CHECK(facts[0].read_only);
  CHECK(facts[1].part == "other");
  CHECK_FALSE(facts[1].read_only);
}

TEST_CASE("what is known of credentials is replaced with them, complete, and only their account's") {
  Square square;
  square.bazaar.facts = [&](const st::Credentials&) {
    st::CredentialFacts first = fact("analytics", square.bazaar.clock->now());
    first.kind = "personal";
    first.categories = {"Stocks", "Supply and returns", "Prices"};
    return std::vector<st::CredentialFacts>{first, fact("content")};
  };
  const auto one = square.connect("s1").value();
  const auto two = square.connect("s2").value();
  const auto known = square.facts(one.id);
  REQUIRE(known.size() == 2);
  CHECK(known[0].kind == "personal");
  // Names of marketplaces' rights hold blanks.
  CHECK(known[0].categories == std::vector<std::string>{"Stocks", "Supply and returns", "Prices"});
  CHECK(known[0].expires_at == square.bazaar.clock->now());
  CHECK(known[1].categories.empty());
  CHECK_FALSE(known[1].expires_at);

  square.bazaar.facts = [](const st::Credentials&) { return std::vector<st::CredentialFacts>{fact("content")}; };
  REQUIRE(square.connect("s1"));
  CHECK(square.facts(one.id).size() == 1);
  CHECK(square.facts(two.id).size() == 2);
  // Without the part that had expired, the account is well.
  CHECK(square.engine.accounts().health(one.id).value().state == HealthState::ok);
  CHECK(square.engine.accounts().health(two.id).value().state == HealthState::denied);
}

TEST_CASE("an expiry that the first token does not have says nothing, one of the epoch is one") {
  Square square;
  square.bazaar.facts = [](const st::Credentials&) {
    return std::vector<st::CredentialFacts>{fact("old", st::Instant::from_micros(0)), fact("young")};
  };
  const auto facts = square.facts(square.connect("s1").value().id);
  REQUIRE(facts.size() == 2);
  CHECK(facts[0].expires_at == st::Instant::from_micros(0));
  CHECK_FALSE(facts[1].expires_at);
}

TEST_CASE("what is remembered of an account is its own, by name, until it is connected again") {
  Square square;
  REQUIRE(square.connect("s1"));
  const auto one = square.engine.accounts().find("s1").value();
  const auto memory_of = [&](const st::Account& account) {
    REQUIRE(square.engine.sync().run(account.id));  // its connector gets its account's memory
    return square.bazaar.memory;
  };
  REQUIRE(square.connect("s2"));
  const auto two = square.engine.accounts().find("s2").value();
  const auto first = memory_of(one);
  const auto second = memory_of(two);
  REQUIRE(first->set("method", "report", {}));
  REQUIRE(first->set("page", "7", {}));
  REQUIRE(second->set("method", "stocks", {}));
  CHECK(first->get("method", {}).value() == "report");
  CHECK(first->get("page", {}).value() == "7");
  CHECK(second->get("method", {}).value() == "stocks");
  CHECK(second->get("page", {}).value().empty());
  // An empty value is forgotten: that name of that account alone.
  REQUIRE(second->set("page", "9", {}));
  REQUIRE(first->set("page", "", {}));
  CHECK(first->get("page", {}).value().empty());
  CHECK(first->get("method", {}).value() == "report");
  CHECK(second->get("page", {}).value() == "9");
  // What was learned with the old credentials may not hold with the new ones.
  REQUIRE(square.connect("s1"));
  CHECK(memory_of(one)->get("method", {}).value().empty());
  CHECK(second->get("method", {}).value() == "stocks");
}

TEST_CASE("each account has its own health, with the time at which its state began") {
  Square square;
  const auto begin = square.bazaar.clock->now();
  bool expiring = true;
  square.bazaar.facts = [&](const st::Credentials&) {
    return std::vector<st::CredentialFacts>{fact("key", begin + (expiring ? 48h : 24h * 100))};
  };
  const auto bad = square.connect("s1").value();
  expiring = false;
  const auto good = square.connect("s2").value();
  CHECK(square.engine.accounts().health(bad.id).value().state == HealthState::expiring);
  CHECK(square.engine.accounts().health(good.id).value().state == HealthState::ok);
  square.bazaar.clock->advance(1h);
  REQUIRE(square.engine.sync().run(bad.id));
  const auto later = square.engine.accounts().health(bad.id).value();
  CHECK(later.since == begin);
  CHECK(later.checked_at == begin + 1h);
  CHECK(later.reason->parameters ==
        std::vector<st::HealthParameter>{{"part", "key"}, {"expires_at", st::to_rfc3339(begin + 48h)}});
  CHECK(square.engine.accounts().health(good.id).value().checked_at == begin);
  // What has expired between two runs is as of now; when it was looked at stays.
  square.bazaar.clock->advance(48h);
  const auto over = square.engine.accounts().health(bad.id).value();
  CHECK(over.state == HealthState::denied);
  CHECK(over.reason->code == "token_expired");
  CHECK(over.since == begin + 49h);
  CHECK(over.checked_at == begin + 1h);
  CHECK(square.engine.accounts().health(good.id).value().state == HealthState::ok);
}

TEST_CASE("what a run found stays until the next one, whatever credentials say of themselves") {
  Square square;
  const auto account = square.connect("s1").value();
  square.bazaar.stock[""] = [](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
    return st::Errc::vendor_forbidden;
  };
  REQUIRE(square.engine.sync().run(account.id));
  const auto found = square.engine.accounts().health(account.id).value();
  CHECK(found.state == HealthState::denied);
  square.bazaar.clock->advance(1h);
  const auto later = square.engine.accounts().health(account.id).value();
  CHECK(later.state == HealthState::denied);
  CHECK(later.reason == found.reason);
  CHECK(later.checked_at == found.checked_at);
}

TEST_CASE("a credential is about to end from fourteen days before its end, and ended at its very instant") {
  const auto now = st::Instant::from_seconds(1'000'000);
  const auto state_of = [&](st::Duration left) {
    const std::vector<st::CredentialFacts> facts{fact("key", now + left)};
    const auto findings = st::expiry_findings(facts, now);
    return findings.empty() ? HealthState::ok : findings.front().state;
  };
  CHECK(state_of(24h * 14 + 1us) == HealthState::ok);
  CHECK(state_of(24h * 14) == HealthState::expiring);
  CHECK(state_of(1us) == HealthState::expiring);
  CHECK(state_of(0us) == HealthState::denied);
  CHECK(state_of(-1us) == HealthState::denied);
  const std::vector<st::CredentialFacts> several{fact("first", now + 24h * 20), fact("second", now + 24h),
                                                 fact("third"), fact("fourth", now - 24h)};
  const auto findings = st::expiry_findings(several, now);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].reason ==
        st::HealthReason{"token_expiring", {{"part", "second"}, {"expires_at", "1970-01-13T13:46:40Z"}}});
  CHECK(findings[1].reason ==
        st::HealthReason{"token_expired", {{"part", "fourth"}, {"expires_at", "1970-01-11T13:46:40Z"}}});
}

TEST_CASE("an account is renamed to what no other account is called") {
  Square square;
  const auto first = square.connect("s1", "north").value();
  const auto second = square.connect("s2", "south").value();
  auto accounts = square.engine.accounts();
  const auto renamed = accounts.rename(first.id, "west");
  REQUIRE(renamed);
  CHECK(renamed.value().label == "west");
  CHECK(accounts.find("west").value().id == first.id);
  CHECK(accounts.find("north").error().errc() == st::Errc::not_found);
  CHECK(accounts.rename(first.id, "west"));  // its own label
  const auto taken = accounts.rename(first.id, "south");
  REQUIRE_FALSE(taken);
  CHECK(taken.error().errc() == st::Errc::already_exists);
  CHECK(taken.error().details().field == "label");
  CHECK(accounts.get(first.id).value().label == "west");
  for (const char* bad : {"", "two\nlines", "\xff", " ", "a\u202Db"}) {
    CAPTURE(bad);
    const auto refused = accounts.rename(second.id, bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::invalid_argument);
    CHECK(refused.error().details().field == "label");
  }
  CHECK(accounts.rename({}, "nobody").error().errc() == st::Errc::not_found);
  CHECK(square.connect("s1").value().label == "west");  // a connection without a label keeps it
}

TEST_CASE("an account that is disconnected keeps its data and loses what was known of its credentials") {
  Square square;
  square.bazaar.list({"A"});
  square.bazaar.hold_fbo({{"A", 3}});
  square.bazaar.facts = [&](const st::Credentials&) { return std::vector{fact("key")}; };
  const auto first = square.connect("s1", "north").value();
  const auto second = square.connect("s2", "south").value();
  REQUIRE(square.engine.sync().run(first.id));
  auto accounts = square.engine.accounts();
  square.bazaar.clock->advance(1h);
  const auto gone = accounts.disconnect(first.id);
  REQUIRE(gone);
  CHECK(gone.value().disconnected_at == square.bazaar.clock->now());
  CHECK(accounts.get(first.id).value().disconnected_at == gone.value().disconnected_at);
  CHECK(square.facts(first.id).empty());
  CHECK(square.facts(second.id).size() == 1);
  const auto health = accounts.health(first.id).value();
  CHECK(health.state == HealthState::denied);
  REQUIRE(health.reason);
  CHECK(health.reason->code == "disconnected");
  CHECK(square.engine.stock().positions({.account = first.id}).collect().value().size() == 1);

  const auto refused = square.engine.sync().run(first.id);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::credentials_missing);
  CHECK(refused.error().message().find("north is disconnected") != std::string::npos);
  CHECK(square.engine.sync().run(second.id));

  // A second time changes nothing.
  square.bazaar.clock->advance(1h);
  CHECK(accounts.disconnect(first.id).value().disconnected_at == gone.value().disconnected_at);
  CHECK(accounts.disconnect({}).error().errc() == st::Errc::not_found);
}

TEST_CASE("an account that is connected again after a disconnection is the same one") {
  Square square;
  square.bazaar.list({"A"});
  square.bazaar.hold_fbo({{"A", 3}});
  const auto first = square.connect("s1", "north").value();
  REQUIRE(square.engine.accounts().disconnect(first.id));
  const auto again = square.connect("s1").value();
  CHECK(again.id == first.id);
  CHECK(again.label == "north");
  CHECK_FALSE(again.disconnected_at);
  CHECK_FALSE(square.engine.accounts().get(first.id).value().disconnected_at);
  CHECK(square.engine.accounts().health(first.id).value().state == HealthState::ok);
  CHECK(square.engine.sync().run(first.id).value().state == st::RunState::ok);
}

TEST_CASE("the directory lists an account while it is connected") {
  Square square;
  const auto listed = [&] { return square.engine.directory().accounts().collect().value().size(); };
  const auto first = square.connect("s1").value();
  const auto second = square.connect("s2").value();
  CHECK(listed() == 2);
  // The clock runs back: the event of the disconnection is older than that of the connection.
  square.bazaar.clock->step_back(1h);
  REQUIRE(square.engine.accounts().disconnect(first.id));
  CHECK(square.engine.directory().accounts().collect().value().at(0).account == second.id);
  CHECK(listed() == 1);
  REQUIRE(square.engine.directory().rebuild({}));
  CHECK(listed() == 1);
  REQUIRE(square.connect("s1"));
  CHECK(listed() == 2);
}
