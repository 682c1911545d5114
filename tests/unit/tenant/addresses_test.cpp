// Where an account's requests may go: the seller names an address, the operator decides.
#include <mutex>

#include "tests/support/house.hpp"

namespace st = stocktracker;

namespace {

constexpr const char* kProxy = "https://proxy.example/wb";
constexpr const char* kMetadata = "http://169.254.169.254/latest";

/// The world's answers, and every address that was asked.
class Noted final : public st::HttpTransport {
 public:
  explicit Noted(std::shared_ptr<st::HttpTransport> next) : next_(std::move(next)) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    {
      const std::lock_guard lock(mutex_);
      asked.push_back({request.url, request.reach});
    }
    if (!request.url.starts_with(kProxy)) return next_->send(request, context);
    st::HttpRequest behind;
    behind.method = request.method;
    behind.url = "https://content-api.wildberries.ru" + request.url.substr(std::string_view(kProxy).size());
    behind.headers = request.headers;
    for (const auto& header : request.secret_headers)
      behind.secret_headers.push_back({header.name, header.value.clone()});
    behind.body = request.body;
    behind.operation = request.operation;
    return next_->send(behind, context);
  }
  std::vector<std::pair<std::string, st::Reach>> asked;

 private:
  std::mutex mutex_;
  std::shared_ptr<st::HttpTransport> next_;
};

struct Installation {
  explicit Installation(bool many) : path(folder.file(many ? "house/" : "shop.db")) {}

  st::Engine open(std::vector<std::string> allowed = {}) {
    wire->asked.clear();
    return st::open({.path = path,
                     .key_file = folder.file("key"),
                     .limits = st::LimitTable{},
                     .allowed_base_urls = std::move(allowed),
                     .transport = wire,
                     .clock = world.clock(),
                     .random = std::make_shared<st::testing::SeededRandom>(++opened),
                     .executor = st::make_inline_executor()})
        .value();
  }
  st::Credentials credentials(std::string_view base_url = {}) const {
    return st::wildberries::credentials(world.token(st::Channel::wildberries), base_url);
  }

  TempFolder folder;
  st::testing::World world{{.seed = 81, .offers = 10}};
  std::shared_ptr<Noted> wire = std::make_shared<Noted>(world.transport());
  std::string path;
  std::uint64_t opened = 0;
};

void check_refused(const st::Error& error) {
  CHECK(error.errc() == st::Errc::address_refused);
  CHECK(error.details().field == "base_url");
  CHECK(error.text().find("--allow-base-url") != std::string::npos);  // what the operator can do
  CHECK(error.text().find("without base_url") != std::string::npos);  // and the seller
}

}  // namespace

TEST_CASE("a tenant that names an address of its own is refused before anything is sent there") {
  Installation house(true);
  auto engine = house.open();
  const st::CallContext context{.tenant = engine.tenants().create("anna").value().id};
  for (const char* address :
       {kMetadata, "http://127.0.0.1:9200", "http://localhost", "http://[::1]", "https://evil.example",
        "https://content-api.wildberries.ru.evil.example", "https://content-api.wildberries.ru@evil.example",
        "https://content-api.wildberries.ru:8443", "https://10.0.0.1", "https://169.254.169.254",
        "http://content-api.wildberries.ru", "https://content-api.wildberries.ru/x/../y", kProxy}) {
    CAPTURE(address);
    const auto refused = engine.accounts().connect(house.credentials(address), {}, context);
    REQUIRE_FALSE(refused);
    check_refused(refused.error());
  }
  CHECK(house.wire->asked.empty());
  CHECK(engine.accounts().list(context).collect().value().empty());
}

TEST_CASE("requests to a marketplace never reach a private network, those to the operator's address may") {
  Installation house(true);
  auto engine = house.open({kProxy});
  const st::CallContext anna{.tenant = engine.tenants().create("anna").value().id};
  const auto account = engine.accounts().connect(house.credentials(), {}, anna).value();
  REQUIRE(engine.sync().run(account.id, anna).value().state == st::RunState::ok);
  REQUIRE(house.wire->asked.size() > 5);
  for (const auto& [url, reach] : house.wire->asked) {
    CAPTURE(url);
    CHECK(reach == st::Reach::public_internet);
  }
  house.wire->asked.clear();
  const st::CallContext boris{.tenant = engine.tenants().create("boris").value().id};
  const auto other = engine.accounts().connect(house.credentials(kProxy), {}, boris).value();
  REQUIRE(engine.sync().run(other.id, boris).value().state == st::RunState::ok);
  for (const auto& [url, reach] : house.wire->asked) {
    CAPTURE(url);
    CHECK(url.starts_with(kProxy));
    CHECK(reach == st::Reach::anywhere);
  }
}

TEST_CASE(
    "an account whose address is not allowed any more is denied without a request, until the operator allows it") {
  Installation house(true);
  st::CallContext context;
  st::AccountId account;
  {
    auto engine = house.open({kProxy});
    context.tenant = engine.tenants().create("anna").value().id;
    account = engine.accounts().connect(house.credentials(kProxy), {.label = "Main"}, context).value().id;
    REQUIRE(engine.sync().run(account, context).value().state == st::RunState::ok);
  }
  {
    auto engine = house.open();
    const auto refused = engine.sync().run(account, context);
    REQUIRE_FALSE(refused);
    check_refused(refused.error());
    CHECK(refused.error().details().account == account.text());
    const auto all = engine.sync().run_all({}, context).value();
    REQUIRE(all.size() == 1);
    CHECK_FALSE(all.front());
    CHECK(house.wire->asked.empty());
    const auto health = engine.accounts().health(account, context).value();
    CHECK(health.state == st::HealthState::denied);
    REQUIRE(health.reason);
    CHECK(health.reason->code == "base_url");
    REQUIRE(health.reason->parameters.size() == 1);
    const std::string& why = health.reason->parameters.front().value;
    CHECK(why.find("--allow-base-url") != std::string::npos);
    CHECK(why == refused.error().message());
    house.world.clock()->advance(std::chrono::hours(1));
    REQUIRE_FALSE(engine.sync().run(account, context));
    const auto later = engine.accounts().health(account, context).value();
    CHECK(later.since == health.since);
    CHECK(later.checked_at == health.checked_at + std::chrono::hours(1));
  }
  auto engine = house.open({"https://other.example", kProxy});
  CHECK(engine.sync().run(account, context).value().state == st::RunState::ok);
  CHECK(engine.accounts().health(account, context).value().state == st::HealthState::ok);
}

TEST_CASE("a seller with a refused address connects again without it") {
  Installation house(true);
  st::CallContext context;
  st::AccountId account;
  {
    auto engine = house.open({kProxy});
    context.tenant = engine.tenants().create("anna").value().id;
    account = engine.accounts().connect(house.credentials(kProxy), {}, context).value().id;
    house.wire->asked.clear();
    REQUIRE(engine.sync().run(account, context).value().state == st::RunState::ok);
    CHECK(house.wire->asked.front().first.starts_with(kProxy));
  }
  auto engine = house.open();
  REQUIRE_FALSE(engine.sync().run(account, context));
  REQUIRE(engine.accounts().connect(house.credentials(), {}, context).value().id == account);
  CHECK(engine.sync().run(account, context).value().state == st::RunState::ok);
  CHECK(engine.accounts().health(account, context).value().state == st::HealthState::ok);
}

TEST_CASE("the store of one seller may ask this machine, and nothing else that is not allowed") {
  Installation shop(false);
  auto engine = shop.open();
  REQUIRE(engine.accounts().connect(shop.credentials("http://127.0.0.1:8800")));
  CHECK_FALSE(shop.wire->asked.empty());
  CHECK(shop.wire->asked.front().second == st::Reach::anywhere);
  shop.wire->asked.clear();
  for (const char* address :
       {kMetadata, "https://evil.example", "http://127.0.0.1.evil.example", "http://192.168.1.1"}) {
    CAPTURE(address);
    const auto refused = engine.accounts().connect(shop.credentials(address));
    REQUIRE_FALSE(refused);
    check_refused(refused.error());
  }
  CHECK(shop.wire->asked.empty());
}

TEST_CASE("what the operator allows is an address and nothing else") {
  for (const char* bad : {"", "proxy.example", "http://proxy.example", "https://proxy.example?x", "https://a b",
                          "https://user@proxy.example", "https://proxy.example/../x"}) {
    CAPTURE(bad);
    st::OpenOptions options{.path = ":memory:"};
    options.allowed_base_urls = {"https://good.example", bad};
    const auto refused = options.validate();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text().find("allowed_base_urls") != std::string::npos);
  }
  st::OpenOptions options{.path = ":memory:", .allowed_base_urls = {"one", "another"}};
  const auto refused = options.validate();
  REQUIRE_FALSE(refused);
  const std::string& message = refused.error().message();
  CHECK(message.find("allowed_base_urls") == message.rfind("allowed_base_urls"));
}
