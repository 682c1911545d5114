// Arguments that cannot be used: each public call names the field; and a time limit that is over ends each at once.
#include <fstream>
#include <functional>

#include <stocktracker/http/url.hpp>

#include "tests/support/shop.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

template <class T>
std::optional<st::Error> error_of(const st::Result<T>& result) {
  if (result) return std::nullopt;
  return result.error();
}
template <class T>
std::optional<st::Error> error_of(st::Pages<T> pages) {
  return error_of(pages.collect());
}

// Every call of the engine that takes arguments, with such a context and one argument that cannot be used.
struct Case {
  const char* call;
  const char* field;
  std::function<std::optional<st::Error>(Shop&, const st::CallContext&)> ask;
};

const std::vector<Case>& cases() {
  using C = st::CallContext;
  static const std::string long_text(2'000, 'x');
  static const std::vector<Case> all{
      {"sync.run lease", "lease",
       [](Shop& s, const C& c) {
         return error_of(s.engine.sync().run(s.account.id, st::SyncOptions{.lease = 1ms}, c));
       }},
      {"sync.plan lease", "lease",
       [](Shop& s, const C& c) { return error_of(s.engine.sync().plan(s.account.id, {.lease = 1ms}, c)); }},
      {"sync.runs page_size", "page_size",
       [](Shop& s, const C& c) { return error_of(s.engine.sync().runs({.page_size = 0}, c)); }},
      {"stock.positions page_size", "page_size",
       [](Shop& s, const C& c) { return error_of(s.engine.stock().positions({.page_size = 0}, c)); }},
      {"stock.positions after", "after",
       [](Shop& s, const C& c) { return error_of(s.engine.stock().positions({.after = "no cursor"}, c)); }},
      {"stock.columns page_size", "page_size",
       [](Shop& s, const C& c) { return error_of(s.engine.stock().columns({.page_size = -1}, c)); }},
      {"stock.total page_size", "page_size",
       [](Shop& s, const C& c) { return error_of(s.engine.stock().total(st::PositionQuery{.page_size = -1}, c)); }},
      {"ledger.movements page_size", "page_size",
       [](Shop& s, const C& c) { return error_of(s.engine.ledger().movements({.page_size = 10'001}, c)); }},
      {"ledger.movements after", "after",
       [](Shop& s, const C& c) { return error_of(s.engine.ledger().movements({.after = "x"}, c)); }},
      {"ledger.retain since", "since",
       [](Shop& s, const C& c) { return error_of(s.engine.ledger().retain(s.world.clock()->now() + 1h, c)); }},
      {"orders.lines page_size", "page_size",
       [](Shop& s, const C& c) {
         return error_of(s.engine.orders().lines({.account = s.account.id, .page_size = 0}, c));
       }},
      {"orders.lines after", "after",
       [](Shop& s, const C& c) {
         return error_of(s.engine.orders().lines({.account = s.account.id, .after = "x"}, c));
       }},
      {"prices page_size", "page_size",
       [](Shop& s, const C& c) {
         return error_of(s.engine.prices().list({.account = s.account.id, .page_size = 0}, c));
       }},
      {"offers page_size", "page_size",
       [](Shop& s, const C& c) { return error_of(s.engine.offers().list({.page_size = 0}, c)); }},
      {"products page_size", "page_size",
       [](Shop& s, const C& c) { return error_of(s.engine.listings().products({.page_size = 0}, c)); }},
      {"products after", "after",
       [](Shop& s, const C& c) { return error_of(s.engine.listings().products({.after = "x"}, c)); }},
      {"listings.decide product", "product",
       [](Shop& s, const C& c) { return error_of(s.engine.listings().decide(s.account.id, "1", "", c)); }},
      {"accounts.rename label", "label",
       [](Shop& s, const C& c) { return error_of(s.engine.accounts().rename(s.account.id, long_text, c)); }},
      {"accounts.connect label", "label",
       [](Shop& s, const C& c) {
         auto credentials = st::wildberries::credentials(s.world.token(st::Channel::wildberries));
         return error_of(s.engine.accounts().connect(std::move(credentials), {.label = "a\nb"}, c));
       }},
      {"analytics.set_low_stock low_stock", "low_stock",
       [](Shop& s, const C& c) { return error_of(s.engine.analytics().set_low_stock(s.account.id, "1", -1, c)); }},
      {"analytics.stock_health days", "days",
       [](Shop& s, const C& c) {
         return error_of(s.engine.analytics().stock_health({.account = s.account.id, .days = 0}, c));
       }},
      {"events.after most", "most",
       [](Shop& s, const C& c) { return error_of(s.engine.events().after(0, {.most = 0}, c)); }},
      {"settings.change", "low_stock",
       [](Shop& s, const C& c) { return error_of(s.engine.settings().change({.low_stock = -1}, c)); }},
      {"tenants.list page_size", "page_size",
       [](Shop& s, const C& c) { return error_of(s.engine.tenants().list({.page_size = 0}, c)); }},
  };
  return all;
}

}  // namespace

TEST_CASE("an argument that cannot be used is named by its field, in every call") {
  Shop shop;
  for (const Case& one : cases()) {
    CAPTURE(one.call);
    const auto error = one.ask(shop, {});
    REQUIRE(error);
    CHECK(error->kind() == st::ErrorKind::invalid);
    CHECK(error->details().field == one.field);
    CHECK_FALSE(error->message().empty());
    // A sentence with its subject.
    CHECK_FALSE(error->message().starts_with("is "));
    CHECK_FALSE(error->message().starts_with("must "));
    CHECK_FALSE(error->retryable());
  }
  // The context's own.
  const auto actor = error_of(shop.engine.stock().total(st::PositionQuery(), {.actor = "a\nb"}));
  CHECK(actor->details().field == "actor");
}

TEST_CASE("values that cannot be used together, or cannot be part of a URL, are named by their field") {
  const st::Money rub(1, st::Currency::rub());
  const st::Money usd(1, st::Currency::parse("USD").value());
  CHECK(error_of(rub.plus(usd))->details().field == "currency");
  CHECK(error_of(rub.minus(usd))->details().field == "currency");
  for (const char* segment : {"", ".", ".."})
    CHECK(error_of(st::encode_segment(segment))->details().field == "segment");
}

TEST_CASE("a time limit that is over, or negative, ends a call at once as a deadline, and nothing is sent") {
  Shop shop;
  const auto sent = shop.world.requests();
  const auto began = std::chrono::steady_clock::now();
  for (const st::Duration timeout : {st::Duration(-1s), st::Duration::min(), st::Duration::zero()}) {
    CAPTURE(timeout.count());
    const st::CallContext context{.timeout = timeout};
    const auto run = shop.engine.sync().run(shop.account.id, context);
    const auto errc = run ? run.value().sources.empty() ? st::Errc::internal : run.value().sources[0].error->errc()
                          : run.error().errc();
    CHECK(errc == st::Errc::deadline_exceeded);
    CHECK(error_of(shop.engine.stock().total(st::PositionQuery(), context))->errc() == st::Errc::deadline_exceeded);
    CHECK(error_of(shop.engine.ledger().verify(context))->errc() == st::Errc::deadline_exceeded);
    CHECK(error_of(shop.engine.accounts().rename(shop.account.id, "x", context))->errc() ==
          st::Errc::deadline_exceeded);
  }
  CHECK(shop.world.requests() == sent);
  CHECK(shop.engine.stock().total(st::PositionQuery(), {.timeout = st::Duration::max()}));
  CHECK(std::chrono::steady_clock::now() - began < 5s);
}

TEST_CASE("a file that is no store is named as such, with what to do, once") {
  const TempFolder folder;
  for (const char* content : {"just some text, longer than the header of a store\n", "x", "\x1f\x8b\x08 zipped"}) {
    const std::string path = folder.file("shop.txt");
    std::ofstream(path, std::ios::trunc | std::ios::binary) << content;
    for (const bool read_only : {false, true}) {
      CAPTURE(content, read_only);
      const auto opened = st::open({.path = path, .read_only = read_only});
      REQUIRE_FALSE(opened);
      const st::Error& error = opened.error();
      CHECK(error.errc() == st::Errc::invalid_argument);
      CHECK(error.details().field == "path");
      CHECK(error.message().starts_with(path + " is no stocktracker store: "));
      CHECK(error.message().find("; name another file") != std::string::npos);
      CHECK(error.text().find("PRAGMA") == std::string::npos);
      std::ifstream file(path, std::ios::binary);
      CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == content);  // left as it was
    }
  }
  // A log beside it could hold the beginning: SQLite looks, and finds none.
  std::ofstream(folder.file("shop.txt"), std::ios::trunc) << std::string(5'000, 'g');
  std::ofstream(folder.file("shop.txt-wal"), std::ios::trunc).close();
  const auto beside_a_log = st::open({.path = folder.file("shop.txt")});
  REQUIRE_FALSE(beside_a_log);
  CHECK(beside_a_log.error().errc() == st::Errc::invalid_argument);
  CHECK(beside_a_log.error().details().field == "path");
  // A store that begins as one, and is damaged behind that, is still a damaged store.
  const std::string path = folder.file("shop.db");
  { REQUIRE(st::open({.path = path})); }
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(20);  // the payload fractions must be 64, 32 and 32
    file.write("\xff\xff\xff\xff", 4);
  }
  const auto damaged = st::open({.path = path});
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().errc() == st::Errc::store_corrupt);
  CHECK(damaged.error().text().find("PRAGMA") == std::string::npos);
}

namespace {

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

}  // namespace

TEST_CASE("an address that may not be used is said once, with one piece of advice, by connect and by a run") {
  const TempFolder folder;
  st::testing::World world({.seed = 5, .offers = 8});
  const auto open = [&](std::vector<std::string> allowed) {
    return st::open({.path = folder.file("shop.db"),
                     .key_file = folder.file("key"),
                     .limits = st::LimitTable{},
                     .allowed_base_urls = std::move(allowed),
                     .transport = world.transport(),
                     .clock = world.clock(),
                     .executor = st::make_inline_executor()})
        .value();
  };
  const auto credentials = [&](const char* url) {
    return st::wildberries::credentials(world.token(st::Channel::wildberries), url);
  };
  const auto check_said_once = [](const std::string& text) {
    CAPTURE(text);
    CHECK(times(text, "nothing was sent") == 1);
    CHECK(times(text, "base_url, or") == 1);
  };
  st::AccountId account;
  {
    auto engine = open({"https://proxy.example"});
    account = engine.accounts().connect(credentials("https://proxy.example")).value().id;
    for (const char* wrong : {"https://evil.example", "htp:/bad", "https://proxy.example.evil.example", "bad"}) {
      const auto refused = engine.accounts().connect(credentials(wrong));
      REQUIRE_FALSE(refused);
      CHECK(refused.error().errc() == st::Errc::address_refused);
      CHECK(refused.error().details().field == "base_url");
      check_said_once(refused.error().text());
    }
  }
  auto engine = open({});
  const auto sent = world.requests();
  const auto run = engine.sync().run(account);
  REQUIRE_FALSE(run);
  CHECK(run.error().errc() == st::Errc::address_refused);
  check_said_once(run.error().text());
  CHECK(times(run.error().text(), "https://proxy.example") == 1);
  CHECK(world.requests() == sent);
}
