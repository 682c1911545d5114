// What a run signs in with while its account is connected again: here, by another process, for another address.
#include "sync/run_credentials.hpp"

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/wrapped_storage.hpp"

namespace st = stocktracker;
using st::sync_run::RunCredentials;

namespace {

class Away final : public WrappedStorage {
 public:
  using WrappedStorage::WrappedStorage;
  bool away = false;

 private:
  st::Result<void> transact(st::Database& plane, const st::CallContext& context, st::TransactMode mode,
                            Body body) override {
    if (away) return st::Errc::store_busy;
    return plane.transact(context, mode, body);
  }
};

struct Parts {
  std::string key;
  std::string client = "7";
  std::string address{};
};

// A process without a master key, which holds what was connected in it.
struct Office {
  Office() { connect("s1", {.key = "old-7"}); }
  void connect(const std::string& stamp, const Parts& parts) {
    st::AccountCredentials fresh{{}, stamp};
    fresh.credentials.channel = account.channel;
    for (const auto& [name, text] :
         {std::pair("base_url", &parts.address), std::pair("client", &parts.client), std::pair("key", &parts.key)}) {
      if (!text->empty()) fresh.credentials.parts.push_back({name, st::Secret::copy_of(*text)});
    }
    REQUIRE(core.replace(account, fresh, {}, [&] { return write(stamp); }));
  }
  // As another process does, which keeps the new credentials to itself.
  st::Result<void> write(const std::string& stamp) {
    const std::string id = account.id.text();
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      using C = st::SqlColumn;
      STK_TRY(tx.upsert("account", st::OnConflict::update,
                        {C::constant("account_id", id), C::constant("channel", "keyed"), C::constant("seller_key", "1"),
                         C::constant("seller_name", "One"), C::constant("label", "One"), C::constant("connected_at", 1),
                         C::constant("credential_stamp", stamp)}));
      return st::success();
    };
    return storage->tenant({}).value()->transact({}, st::TransactMode::write, body);
  }
  static st::Ports ports(std::shared_ptr<st::Storage> storage) {
    st::Ports ports;
    ports.storage = std::move(storage);
    ports.clock = std::make_shared<st::testing::ManualClock>();
    return ports;
  }
  RunCredentials run() { return {core, account, core.credentials(account, {}).value(), {}}; }

  std::shared_ptr<Away> storage =
      std::make_shared<Away>(st::make_sqlite_storage({.path = ":memory:", .schema = st::schema()}).value());
  st::AccountsCore core{ports(storage), {}, {}, {}, false};
  st::Account account{
      st::AccountId(st::Uuid::v7(st::Instant::from_seconds(1), 1, 1)), st::Channel("keyed"), "1", "One", "One", {}};
};

st::HttpRequest signed_with(std::initializer_list<std::string> values) {
  st::HttpRequest request;
  request.url = "https://keyed.example/";
  for (const std::string& value : values) request.secret_headers.push_back({"X-Key", st::Secret::copy_of(value)});
  return request;
}

// What the request would be sent with.
std::string sent(RunCredentials& credentials, std::initializer_list<std::string> values) {
  const auto request = signed_with(values);
  const auto prepared = credentials.prepare(request);
  if (!prepared) return st::to_string(prepared.error().errc());
  std::string text = prepared.value().stamp;
  for (const auto& header : (prepared.value().request ? *prepared.value().request : request).secret_headers) {
    text += " " + revealed(header.value);
  }
  return text;
}

}  // namespace

TEST_CASE("a request goes as it is while its account keeps its credentials") {
  Office office;
  auto run = office.run();
  const auto prepared = run.prepare(signed_with({"Bearer old-7"})).value();
  CHECK_FALSE(prepared.request);
  CHECK(prepared.stamp == "s1");
  CHECK_FALSE(run.replaced_since("s1"));
  CHECK(sent(run, {"Bearer old-7"}) == "s1 Bearer old-7");
}

TEST_CASE("new credentials stand where the old ones stood in a request, and nothing else of it changes") {
  Office office;
  office.connect("s1", {.key = "old-7", .address = "https://keyed.example"});
  auto run = office.run();
  office.connect("s2", {.key = "fresh-8", .client = "9", .address = "https://keyed.example/"});
  CHECK(sent(run, {"old-7"}) == "s1 old-7");  // nobody has seen the stamp
  CHECK(run.replaced_since("s1"));
  CHECK_FALSE(run.replaced_since("s2"));
  // Complete, or behind a blank; the end of another word is none, nor is the address.
  CHECK(sent(run, {"old-7", "Bearer old-7", "7", "client-7", "very-old-7", "https://keyed.example"}) ==
        "s2 fresh-8 Bearer fresh-8 9 client-7 very-old-7 https://keyed.example");
  // Each time from what the connector has, which are the first ones.
  office.connect("s3", {.key = "third", .client = "9", .address = "https://keyed.example"});
  run.saw("s3");
  CHECK(sent(run, {"Bearer old-7", "7"}) == "s3 Bearer third 9");
  CHECK(run.used().find("key")->reveal() == "old-7");
}

TEST_CASE("credentials without the part that a request signs in with refuse that request alone") {
  Office office;
  auto run = office.run();
  office.connect("s2", {.key = "fresh-8", .client = ""});
  run.saw("s2");
  CHECK(sent(run, {"Bearer old-7", "7"}) == "credentials_missing");
  CHECK(sent(run, {"Bearer old-7"}) == "s2 Bearer fresh-8");
}

TEST_CASE(
    "a run stays ended after its account was connected for another address, even if the first address comes back") {
  const bool here = GENERATE(true, false);
  CAPTURE(here);
  Office office;
  auto run = office.run();
  if (here) {
    office.connect("s2", {.key = "fresh-8", .address = "https://other.example"});
  } else {
    REQUIRE(office.write("s2"));  // the new ones are in another process
  }
  run.saw("s2");
  const auto why = run.prepare(signed_with({"Bearer old-7"}));
  REQUIRE_FALSE(why);
  CHECK(why.error().errc() == st::Errc::credentials_missing);
  CHECK(why.error().message().find(here ? "for another address" : "again elsewhere") != std::string::npos);
  office.connect("s3", {.key = "third"});
  run.saw("s3");
  const auto again = run.prepare(signed_with({"Bearer old-7"}));
  REQUIRE_FALSE(again);
  CHECK(again.error().message() == why.error().message());
  auto next = office.run();
  CHECK(sent(next, {"Bearer third"}) == "s3 Bearer third");
}

TEST_CASE("a store that does not answer for a moment ends no run and replaces nothing") {
  Office office;
  auto run = office.run();
  office.connect("s2", {.key = "fresh-8"});
  office.storage->away = true;
  CHECK_FALSE(run.replaced_since("s1"));  // a refusal is not sent again for what nobody could read
  run.saw("s2");
  CHECK(sent(run, {"Bearer old-7"}) == "store_busy");
  office.storage->away = false;
  CHECK(sent(run, {"Bearer old-7"}) == "s2 Bearer fresh-8");
}
