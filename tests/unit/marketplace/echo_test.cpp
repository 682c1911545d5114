// A marketplace that repeats what it was sent in every field of its refusals: no copy of a key gets out of the engine.
#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#include <algorithm>
#include <fstream>
#include <mutex>

#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

std::string base64(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6;) {
      held -= 6;
      out += kAlphabet[(bits >> held) & 0x3FU];
    }
  }
  return out;
}

/// The world's answers, or refusals that hold every secret of the request.
class Echo final : public st::HttpTransport {
 public:
  explicit Echo(std::shared_ptr<st::HttpTransport> next) : next_(std::move(next)) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    if (status == 0) return next_->send(request, context);
    std::string words = before;
    for (const auto& header : request.secret_headers) {
      const std::lock_guard lock(mutex_);
      carried.push_back(revealed(header.value));
      words += header.name + ": " + carried.back() + " " + base64(carried.back()) + " ";
    }
    words +=
        "\x1b]0;owned\x07\xC2\x9B"
        "31m\x7f";
    st::HttpResponse response;
    response.status = status;
    st::JsonWriter json(response.body);
    json.begin_object().field("error", true);
    for (const char* name : {"title", "detail", "message", "errorText", "code", "requestId", "status"}) {
      json.field(name, std::string_view(words));
    }
    json.key("errors").begin_array().begin_object().field("code", std::string_view(words));
    json.field("message", std::string_view(words)).end_object().end_array().end_object();
    for (const char* name : {"X-Request-Id", "x-o3-trace-id", "X-Market-Req-Id"})
      response.headers.push_back({name, words});
    response.body.reserve(response.body.size() + st::kBodyPadding);
    return response;
  }
  int status = 0;
  std::string before;
  std::vector<std::string> carried;

 private:
  std::mutex mutex_;
  std::shared_ptr<st::HttpTransport> next_;
};

class Written final : public st::Telemetry {
 public:
  void log(const st::LogEvent& event) noexcept override {
    const std::lock_guard lock(mutex_);
    text.append(event.name).append(event.message);
    for (const auto& field : event.fields) text.append(field.name).append(field.value);
  }
  std::string text;

 private:
  std::mutex mutex_;
};

st::Credentials credentials_of(const st::testing::World& world, const st::Channel& channel) {
  if (channel == st::Channel::ozon) return st::ozon::credentials(world.seller(channel), world.token(channel));
  if (channel == st::Channel::yandex_market) return st::yandex_market::credentials(world.token(channel));
  return st::wildberries::credentials(world.token(channel));
}

/// Everything that the engine shows of its accounts and runs.
std::string shown_by(const st::Engine& engine, const st::AccountId& account) {
  std::string text;
  const auto runs = engine.sync().runs().collect().value();
  const auto sources = engine.sync().sources(account).value();
  for (const auto& run : runs) {
    text += run.to_json();
    for (const auto& source : run.sources) {
      if (source.error) text += source.error->text() + source.error->to_json() + reason_of(*source.error);
    }
  }
  for (const auto& source : sources) text += source.error;
  const auto health = engine.accounts().health(account).value();
  if (health.reason) {
    text += health.reason->code;
    for (const auto& parameter : health.reason->parameters) text += parameter.name + parameter.value;
  }
  return text;
}

void check_holds_none(const std::string& text, const std::vector<std::string>& secrets) {
  REQUIRE_FALSE(secrets.empty());
  for (const std::string& secret : secrets) {
    CHECK(text.find(secret) == std::string::npos);
    CHECK(text.find(base64(secret)) == std::string::npos);
    // Half of a secret is one too: a cut must not leave the beginning of it.
    CHECK(text.find(secret.substr(0, std::min<std::size_t>(secret.size(), 12))) == std::string::npos);
  }
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\x7f') == std::string::npos);
  CHECK(text.find("\xC2\x9B") == std::string::npos);
}

}  // namespace

TEST_CASE(
    "a marketplace that repeats the request's headers in its refusals gets no key into errors, runs, health or logs") {
  const auto channel =
      GENERATE(as<st::Channel>(), st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market);
  CAPTURE(channel.code());
  TempFolder folder;
  st::testing::World world({.seed = 12, .offers = 10, .channels = {channel}});
  const auto echo = std::make_shared<Echo>(world.transport());
  const auto telemetry = std::make_shared<Written>();
  auto engine = st::open({.path = folder.file("shop.db"),
                          .limits = st::LimitTable{},
                          .transport = echo,
                          .clock = world.clock(),
                          .random = std::make_shared<st::testing::SeededRandom>(1),
                          .executor = st::make_inline_executor(),
                          .telemetry = telemetry})
                    .value();
  const auto account = engine.accounts().connect(credentials_of(world, channel)).value();
  std::string everything;
  // 200: a refusal within a body, where a marketplace has such; the others by their status. The cut of long words falls
  // into the key at one of these places.
  for (const int status : {200, 400, 401, 403, 404, 409, 420, 429, 500, 503}) {
    for (const std::size_t before : {0U, 200U, 280U, 290U}) {
      echo->status = status;
      echo->before = std::string(before, 'w');
      world.clock()->advance(std::chrono::hours(2));
      auto run = engine.sync().run(account.id);
      if (!run) everything += run.error().text() + run.error().to_json();
      if (run) everything += run.value().to_json();
      auto again = engine.accounts().connect(credentials_of(world, channel));
      if (!again) everything += again.error().text() + again.error().to_json() + reason_of(again.error());
      everything += shown_by(engine, account.id);
    }
  }
  CHECK(everything.find("[hidden]") != std::string::npos);  // the words were shown, without what is secret
  std::sort(echo->carried.begin(), echo->carried.end());
  echo->carried.erase(std::unique(echo->carried.begin(), echo->carried.end()), echo->carried.end());
  check_holds_none(everything + telemetry->text, echo->carried);
  // Nor does the store hold one: without a key file credentials are not kept there.
  for (const char* suffix : {"", "-wal"}) {
    std::ifstream file(folder.file("shop.db") + suffix, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    for (const std::string& secret : echo->carried) {
      if (secret == world.seller(channel)) continue;  // a Client-Id is the account's identity as well
      CHECK(bytes.find(secret) == std::string::npos);
    }
  }
}
