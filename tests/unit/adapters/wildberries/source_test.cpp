// Where FBO stock comes from, how a report is waited for, and which token a request gets.
#include <algorithm>
#include <functional>

#include <stocktracker/adapters/wildberries.hpp>

#include "adapters/wildberries/token.hpp"
#include "tests/support/transcript.hpp"

namespace st = stocktracker;
namespace wb = stocktracker::wildberries;
using namespace transcript;
using namespace std::chrono_literals;

namespace {

/// A token with this payload; nobody checks its signature.
st::Secret token_of(std::string_view payload) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : payload) {
    bits = bits << 8U | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) text += kDigits[bits >> (held - 6) & 63U];
  }
  if (held > 0) text += kDigits[bits << (6 - held) & 63U];
  return st::Secret("h." + text + ".s");
}
std::string payload(int kind, std::int64_t mask, std::int64_t expires, const std::string& sid = "seller-1") {
  return R"({"acc":)" + std::to_string(kind) + R"(,"s":)" + std::to_string(mask) + R"(,"exp":)" +
         std::to_string(expires) + R"(,"sid":")" + sid + R"(","t":false})";
}
const std::int64_t kLater = at("2027-01-01T00:00:00Z").micros() / 1'000'000;

constexpr const char* kCards =
    R"({"cards":[{"nmID":10,"sizes":[{"chrtID":1,"skus":["007","8"]},{"chrtID":2,"skus":["9"]}]}],)"
    R"("cursor":{"updatedAt":"t","nmID":10,"total":1}})";
constexpr const char* kRemains =
    R"([{"nmId":10,"barcode":"007","warehouses":[{"warehouseName":"В пути до получателей","quantity":50},)"
    R"({"warehouseName":"Тула","quantity":4}]}])";

struct Shop : Seller {
  std::shared_ptr<st::Connector> connector(wb::Options options = {},
                                           const st::Secret& token = st::Secret::copy_of("token")) const {
    return connect(wb::make_factory(std::move(options)).value(), wb::credentials(token.clone()));
  }
  st::Result<void> fbo(st::Connector& connector, const st::CallContext& context = {}) {
    rows.seen.clear();
    return connector.fetch_stock({.kind = st::StockKind::fbo}, rows, context);
  }
  void serve_cards() {
    script->answer("cards/list", kCards).answer("cards/list", R"({"cards":[],"cursor":{"total":0}})");
  }
  void serve_task(const std::vector<std::string>& states, const std::string& id = "task-1") {
    script->answer("warehouse_remains?", R"({"data":{"taskId":")" + id + R"("}})");
    for (const std::string& state : states)
      script->answer("/status", R"({"data":{"id":")" + id + R"(","status":")" + state + R"("}})");
  }
  [[nodiscard]] Lines paths() const {
    Lines all;
    for (const std::string& one : script->asked) {
      std::string path = one.substr(one.find('/'));
      path.resize(std::min({path.size(), path.find('?'), path.find(' ')}));
      all.push_back(path.substr(path.rfind('/', path.rfind('/') - 1)));
    }
    return all;
  }
};

}  // namespace

TEST_CASE("an account with a kind of token that may not call the stock report uses the remains report permanently") {
  Shop shop;
  shop.script->answer("wb-warehouses", R"({"title":"no","detail":"kind"})", 403);
  shop.serve_cards();
  shop.serve_task({"done"});
  shop.script->answer("/download", kRemains);
  const auto connector = shop.connector();
  CHECK_FALSE(connector->fbo_needs_offers());
  REQUIRE(shop.fbo(*connector));
  CHECK(shop.rows.seen ==
        Lines{"restart", "speaks of|2026-11-26T09:00:00Z", "stock|1|10|name:Тула|Тула||marketplace|4|-|-|-"});
  CHECK(connector->fbo_needs_offers());
  CHECK(shop.memory->kept["fbo_source"] == "remains");
  // The next run knows: the refused method is not asked again, and the catalogue of the run brings the barcodes.
  Shop next;
  next.memory = shop.memory;
  next.serve_cards();
  next.serve_task({"done"});
  next.script->answer("/download", kRemains);
  const auto later = next.connector();
  CHECK(later->fbo_needs_offers());
  REQUIRE(later->list_offers(next.rows, {}));
  CHECK(next.rows.seen == Lines{"offer|1|10|||||007+8|known", "offer|2|10|||||9|known"});
  REQUIRE(next.fbo(*later));
  CHECK(next.rows.seen.size() == 2);
  CHECK(next.paths() ==
        Lines{"/cards/list", "/cards/list", "/v1/warehouse_remains", "/task-1/status", "/task-1/download"});
}

TEST_CASE("only that refusal changes the source: not another error, not without a memory, not after it worked") {
  struct Case {
    int status;
    const char* rows_before;
    bool memory;
  };
  for (const Case& one : {Case{401, "", true}, Case{402, "", true}, Case{404, "", true}, Case{429, "", true},
                          Case{503, "", true}, Case{403, "5", true}, Case{403, "0", true}, Case{403, "", false}}) {
    INFO(one.status << " " << one.rows_before);
    Shop shop;
    shop.memory->kept["fbo_rows"] = one.rows_before;
    if (!one.memory) shop.memory.reset();
    shop.script->always("", "{}", one.status);
    const auto connector = shop.connector();
    REQUIRE_FALSE(shop.fbo(*connector));
    CHECK(shop.script->asked.size() == 1);
    CHECK_FALSE(connector->fbo_needs_offers());
    CHECK(shop.rows.seen.empty());
    if (one.memory) CHECK(shop.memory->kept["fbo_source"].empty());
  }
  // A refusal of our own, before anything is sent: this token opens content alone.
  Shop closed;
  const auto connector = closed.connector({}, token_of(payload(3, 1 << 1, kLater)));
  CHECK(closed.fbo(*connector).error().errc() == st::Errc::vendor_forbidden);
  CHECK(closed.script->asked.empty());
  CHECK(closed.memory->kept["fbo_source"].empty());
}

TEST_CASE("an account with base tokens alone asks for remains at once, one with another token does not") {
  Shop shop;
  const auto base = shop.connector({}, token_of(payload(1, 1 << 1 | 1 << 2, kLater)));
  CHECK(base->fbo_needs_offers());
  CHECK_FALSE(shop.connector({}, token_of(payload(3, 1 << 1 | 1 << 2, kLater)))->fbo_needs_offers());
}

TEST_CASE("barcodes are those of the last complete catalogue: an interrupted one is read again") {
  Shop shop;
  shop.memory->kept["fbo_source"] = "remains";
  const auto connector = shop.connector();
  shop.serve_cards();
  REQUIRE(connector->list_offers(shop.rows, {}));
  // The next catalogue ends in the middle: what it read is no catalogue, and the old one counts no more.
  shop.script
      ->answer("cards/list", R"({"cards":[{"nmID":20,"sizes":[{"chrtID":3,"skus":["x"]}]}],)"
                             R"("cursor":{"updatedAt":"t","nmID":20,"total":1}})")
      .answer("cards/list", "", 503);
  REQUIRE_FALSE(connector->list_offers(shop.rows, {}));
  shop.script
      ->answer("cards/list", R"({"cards":[{"nmID":10,"sizes":[{"chrtID":5,"skus":["8"]}]}],)"
                             R"("cursor":{"updatedAt":"t","nmID":10,"total":1}})")
      .answer("cards/list", R"({"cards":[],"cursor":{"total":0}})");
  shop.serve_task({"done"});
  shop.script->answer("/download", R"([{"nmId":10,"barcode":"8","warehouses":[{"warehouseName":"Т","quantity":4}]},)"
                                   R"({"nmId":20,"barcode":"x","warehouses":[{"warehouseName":"Т","quantity":1}]}])");
  REQUIRE(shop.fbo(*connector));
  // Barcode 8 has another offer now, and that of the interrupted catalogue is not known.
  CHECK(shop.rows.seen ==
        Lines{"speaks of|2026-11-26T09:00:00Z",
              "note|1 barcodes of the report have no card: 1 units have no place, 1 listings keep what was known",
              "stock|5|10|name:Т|Т||marketplace|4|-|-|-", "unplaced|20"});
}

TEST_CASE("a report is asked for by barcode, looked at every five seconds, and fetched once it is done") {
  Shop shop;
  shop.memory->kept["fbo_source"] = "remains";
  shop.serve_cards();
  shop.serve_task({"new", "processing", "processing", "done"});
  shop.script->answer("/download", kRemains);
  const st::Instant began = shop.script->clock->now();
  const auto connector = shop.connector();
  REQUIRE(shop.fbo(*connector));
  CHECK(shop.script->clock->now() == began + 20s);
  CHECK(shop.paths() == Lines{"/cards/list", "/cards/list", "/v1/warehouse_remains", "/task-1/status", "/task-1/status",
                              "/task-1/status", "/task-1/status", "/task-1/download"});
  CHECK(shop.script->asked.at(2) ==
        "GET /api/v1/warehouse_remains?locale=ru&groupByNm=true&groupByBarcode=true&groupBySize=true");
  CHECK(shop.memory->kept["remains_task"].empty());  // the next run asks for a new one
  // 204 is an answer: there is nothing.
  shop.serve_task({"done"}, "task-2");
  shop.script->answer("/download", "", 204);
  REQUIRE(shop.fbo(*connector));
  CHECK(shop.rows.seen.size() == 1);
}

TEST_CASE("a report speaks of the marketplace's time where our clock runs ahead of it or behind") {
  // Ours would set the stock's age wrong by the difference: newer numbers would count as older ones.
  for (const auto& [date, spoken] : {std::pair{"Thu, 26 Nov 2026 08:00:00 GMT", "speaks of|2026-11-26T08:00:00Z"},
                                     std::pair{"Thu, 26 Nov 2026 10:30:00 GMT", "speaks of|2026-11-26T10:30:00Z"}}) {
    Shop shop;
    shop.memory->kept["fbo_source"] = "remains";
    shop.serve_cards();
    shop.script->answer("warehouse_remains?", R"({"data":{"taskId":"task-1"}})", 200, {{"Date", date}})
        .answer("/status", R"({"data":{"id":"task-1","status":"done"}})")
        .answer("/download", kRemains);
    REQUIRE(shop.fbo(*shop.connector()));
    REQUIRE_FALSE(shop.rows.seen.empty());
    CHECK(shop.rows.seen.front() == spoken);
  }
}

TEST_CASE("a report that is not ready in time is taken up by the next run, for as long as it lasts") {
  for (const auto& [pause, fresh] :
       std::vector<std::pair<st::Duration, bool>>{{0s, false}, {99min, false}, {101min, true}, {24h, true}}) {
    INFO(pause / 1min);
    Shop shop;
    shop.memory->kept["fbo_source"] = "remains";
    shop.serve_cards();
    shop.serve_task({"new", "processing"});
    const st::Instant began = shop.script->clock->now();
    const auto connector = shop.connector({.report_patience = 10s});
    const auto late = shop.fbo(*connector);
    REQUIRE_FALSE(late);
    CHECK(late.error().errc() == st::Errc::vendor_throttled);
    CHECK(late.error().retryable());
    CHECK(late.error().details().retry_after == st::Duration(1min));
    CHECK(shop.script->clock->now() == began + 10s);  // not a second longer than it may
    CHECK(shop.rows.seen.empty());
    shop.script->clock->advance_to(began + pause);
    if (fresh) shop.serve_task({}, "task-2");
    shop.script->answer("/status", R"({"data":{"status":"done"}})").answer("/download", kRemains);
    REQUIRE(shop.fbo(*connector));
    CHECK(shop.paths().back() == (fresh ? "/task-2/download" : "/task-1/download"));
    CHECK(shop.rows.seen.front() ==
          "speaks of|" + st::to_rfc3339(fresh ? began + std::max<st::Duration>(pause, 10s) : began));
  }
}

TEST_CASE("a task that is gone or has failed is forgotten, one behind an error is asked for again") {
  struct Case {
    std::string body;
    int status;
    st::Errc code;
    bool kept;
  };
  for (const Case& one :
       {Case{R"({"data":{"status":"purged"}})", 200, st::Errc::vendor_unavailable, false},
        Case{R"({"data":{"status":"canceled"}})", 200, st::Errc::vendor_unavailable, false},
        Case{"{}", 404, st::Errc::vendor_method_gone, false}, Case{"{}", 503, st::Errc::vendor_unavailable, true},
        Case{"{}", 429, st::Errc::vendor_throttled, true}, Case{"{}", 401, st::Errc::vendor_unauthorized, true},
        Case{R"({"data":{}})", 200, st::Errc::vendor_schema, true}}) {
    INFO(one.body << one.status);
    Shop shop;
    shop.memory->kept["fbo_source"] = "remains";
    shop.serve_cards();
    shop.serve_task({});
    shop.script->answer("/status", one.body, one.status);
    const auto ended = shop.fbo(*shop.connector());
    REQUIRE_FALSE(ended);
    CHECK(ended.error().errc() == one.code);
    CHECK(shop.memory->kept["remains_task"].empty() == !one.kept);
    CHECK(shop.paths().back() == "/task-1/status");  // nothing is fetched of it
  }
  // What is no id goes into no address.
  for (const std::string& id : {std::string(), std::string("a/../b"), std::string("a?b"), std::string(101, 'a')}) {
    Shop shop;
    shop.memory->kept["fbo_source"] = "remains";
    shop.serve_cards();
    shop.serve_task({}, id);
    CHECK(shop.fbo(*shop.connector()).error().details().field == "data.taskId");
    Shop remembered;
    remembered.memory->kept["fbo_source"] = "remains";
    remembered.memory->kept["remains_task"] = id + " " + std::to_string(remembered.script->clock->now().micros());
    remembered.serve_cards();
    remembered.serve_task({"done"});
    remembered.script->answer("/download", kRemains);
    REQUIRE(remembered.fbo(*remembered.connector()));
    CHECK(remembered.paths().back() == "/task-1/download");
  }
}

TEST_CASE("waiting for a report shows life and ends where the caller stops") {
  Shop shop;
  shop.memory->kept["fbo_source"] = "remains";
  shop.serve_cards();
  shop.serve_task({"new", "new", "new", "new", "new", "new"});
  class Signs final : public st::ProgressSink {
   public:
    void report(const st::Progress&) noexcept override {}
    void waiting() noexcept override {
      if (++seen == 3) stop.request_stop();
    }
    int seen = 0;
    std::stop_source stop;
  };
  const auto signs = std::make_shared<Signs>();
  st::CallContext context;
  context.progress = signs;
  context.stop = signs->stop.get_token();
  CHECK(shop.fbo(*shop.connector(), context).error().errc() == st::Errc::cancelled);
  CHECK(signs->seen == 3);
  CHECK_FALSE(shop.memory->kept["remains_task"].empty());
}

TEST_CASE("names of warehouses are kept apart by every letter; only the three known rows are none") {
  Shop shop;
  shop.memory->kept["fbo_source"] = "remains";
  shop.serve_cards();
  shop.serve_task({"done"});
  const auto place = [](const char* name, int units) {
    return R"({"warehouseName":")" + std::string(name) + R"(","quantity":)" + std::to_string(units) + "}";
  };
  shop.script->answer(
      "/download", R"([{"nmId":10,"barcode":"9","warehouses":[)" + place("Самара 1", 1) + "," + place("Самара 2", 2) +
                       "," + place("Самара", 4) + "," + place("В пути до получателей", 100) + "," +
                       place("В пути возвраты на склад WB", 100) + "," + place("Всего находится на складах", 100) +
                       "," + place("В пути до склада", 8) + "," + place("Всего хорошего", 16) +
                       R"(]},{"nmId":0,"barcode":"9","warehouses":[]}])");
  REQUIRE(shop.fbo(*shop.connector()));
  const auto row = [](const std::string& name, int units) {
    return "stock|2|10|name:" + name + "|" + name + "||marketplace|" + std::to_string(units) + "|-|-|-";
  };
  CHECK(shop.rows.seen == Lines{"speaks of|2026-11-26T09:00:00Z", "unreadable|[1]||nmId is not an id",
                                row("Самара 1", 1), row("Самара 2", 2), row("Самара", 4), row("В пути до склада", 8),
                                row("Всего хорошего", 16)});
}

TEST_CASE("a token's numbers mean what the documentation says, each category and each kind") {
  const std::vector<std::pair<int, std::string>> categories{
      {1, "content"},    {2, "analytics"}, {3, "prices"}, {4, "marketplace"}, {5, "statistics"},
      {6, "promotion"},  {7, "feedbacks"}, {9, "chat"},   {10, "supplies"},   {11, "returns"},
      {12, "documents"}, {13, "finance"},  {16, "users"}};
  for (const auto& [bit, name] : categories) {
    const auto facts = wb::token_facts(token_of(payload(3, std::int64_t{1} << bit, kLater))).value();
    CHECK(facts.category_names() == Lines{name});
    CHECK_FALSE(facts.read_only);
    CHECK(facts.seller == "seller-1");
    CHECK(facts.expires_at == at("2027-01-01T00:00:00Z"));
  }
  const auto read_only = wb::token_facts(token_of(payload(3, std::int64_t{1} << 30 | 2, kLater))).value();
  CHECK(read_only.read_only);
  CHECK(read_only.category_names() == Lines{"content"});
  for (const auto& [number, kind] : std::vector<std::pair<int, wb::TokenKind>>{{0, wb::TokenKind::unknown},
                                                                               {1, wb::TokenKind::base},
                                                                               {2, wb::TokenKind::test},
                                                                               {3, wb::TokenKind::personal},
                                                                               {4, wb::TokenKind::service},
                                                                               {5, wb::TokenKind::unknown}}) {
    CHECK(wb::token_facts(token_of(payload(number, 2, kLater))).value().kind == kind);
  }
  CHECK(wb::token_facts(token_of(R"({"acc":3,"t":true})")).value().kind == wb::TokenKind::test);
  for (const char* const text : {R"({"exp":0})", R"({"exp":-5})", R"({"exp":253402300800})", R"({"exp":"1"})"})
    CHECK_FALSE(wb::token_facts(token_of(text)).value().expires_at.has_value());
  // Texts of which a digit is missing are none, of whatever length.
  std::size_t cut_short = 0;
  for (const char* const text : {R"({"acc":3})", R"({"acc":33})", R"({"acc":333})"}) {
    const st::Secret complete = token_of(text);
    CHECK(wb::token_facts(complete).has_value());
    std::string cut(complete.reveal());
    cut.erase(cut.rfind('.') - 1, 1);
    cut_short += wb::token_facts(st::Secret::copy_of(cut)).has_value() ? 0 : 1;
  }
  CHECK(cut_short == 3);
}

TEST_CASE("of several tokens a request gets the one that may, opens least, and lasts longest") {
  const st::Instant now = at("2026-11-26T09:00:00Z");
  const std::int64_t soon = now.micros() / 1'000'000;
  const auto chosen = [&](std::vector<std::pair<std::string, std::string>> tokens, std::string_view category) {
    st::Credentials credentials;
    credentials.channel = st::Channel::wildberries;
    std::map<std::string, std::string> names;
    for (auto& [name, text] : tokens) {
      st::Secret token = text.starts_with('{') ? token_of(text) : st::Secret::copy_of(text);
      names[std::string(token.reveal())] = name;
      credentials.parts.push_back({"token:" + name, std::move(token)});
    }
    const auto set = wb::TokenSet::make(credentials).value();
    st::HttpRequest request;
    request.quota.category = category;
    const auto authorized = set->authorize(request, now);
    if (!authorized) return std::string(to_string(authorized.error().errc()));
    CHECK(request.secret_headers.size() == 1);
    CHECK(request.secret_headers.at(0).name == "Authorization");
    return names.at(std::string(request.secret_headers.at(0).value.reveal()));
  };
  const std::string wide = payload(3, 1 << 1 | 1 << 2 | 1 << 4, kLater);
  const std::string narrow = payload(3, 1 << 2, kLater);
  const std::string longer = payload(3, 1 << 2, kLater + 1);
  const std::string base = payload(1, 1 << 2, kLater + 5);
  const std::string gone = payload(3, 1 << 2, soon);           // it expires now
  const std::string last = payload(3, 1 << 2, soon + 1);       // a second is left
  const std::string all = R"({"acc":3,"sid":"s"})";            // does not say what it opens
  const std::string endless = R"({"acc":3,"s":4,"sid":"s"})";  // does not expire
  for (const bool turned : {false, true}) {
    const auto of = [&](std::vector<std::pair<std::string, std::string>> tokens, std::string_view category) {
      if (turned) std::reverse(tokens.begin(), tokens.end());
      return chosen(std::move(tokens), category);
    };
    CHECK(of({{"wide", wide}, {"narrow", narrow}}, "analytics") == "narrow");
    CHECK(of({{"wide", wide}, {"narrow", narrow}}, "marketplace") == "wide");
    CHECK(of({{"narrow", narrow}, {"longer", longer}}, "analytics") == "longer");
    CHECK(of({{"endless", endless}, {"longer", longer}}, "analytics") == "endless");
    CHECK(of({{"wide", wide}, {"base", base}}, "analytics") == "wide");
    CHECK(of({{"opaque", "opaque"}, {"wide", wide}}, "analytics") == "wide");
    CHECK(of({{"opaque", "opaque"}, {"narrow", narrow}}, "content") == "opaque");
    CHECK(of({{"gone", gone}, {"wide", wide}}, "analytics") == "wide");
    CHECK(of({{"gone", gone}, {"narrow", narrow}}, "content") == "vendor_forbidden");
  }
  CHECK(chosen({{"last", last}}, "analytics") == "last");
  CHECK(chosen({{"gone", gone}}, "analytics") == "vendor_unauthorized");
  CHECK(chosen({{"narrow", narrow}}, "prices") == "vendor_forbidden");
  CHECK(chosen({{"narrow", narrow}}, "common") == "narrow");  // no category of the documentation's
  CHECK(chosen({{"all", all}}, "prices") == "all");
}

TEST_CASE("limits are counted for the seller that a token names, and a secret is in no name") {
  const auto counted = [](const st::Secret& token) {
    st::Credentials credentials = wb::credentials(token.clone());
    st::HttpRequest request;
    REQUIRE(wb::TokenSet::make(credentials).value()->authorize(request, st::Instant()));
    return request.quota.owner + "/" + request.quota.tier;
  };
  CHECK(counted(token_of(payload(4, 2, kLater, "seller-7"))) == "seller-7/service");
  const std::string one = counted(st::Secret::copy_of("canary-one"));
  const std::string two = counted(st::Secret::copy_of("canary-two"));
  CHECK(one != two);
  CHECK(one.find("canary") == std::string::npos);
  CHECK(one.size() > std::string("token /").size());
}

TEST_CASE("what an account holds: facts of each token, and after new ones those that still open something else") {
  const auto factory = wb::make_factory().value();
  const st::Instant now = at("2026-11-26T09:00:00Z");
  st::Credentials held =
      wb::credentials(token_of(payload(3, 1 << 1 | std::int64_t{1} << 30, kLater)), "http://[::1]:1");
  const auto add = [&held](st::Secret token) {
    held = [&] {
      st::Credentials more = wb::credentials(std::move(token));
      held.parts.push_back(std::move(more.parts[0]));
      return std::move(held);
    }();
  };
  add(token_of(payload(4, 1 << 4, now.micros() / 1'000'000)));  // expires now
  add(token_of(R"({"acc":1,"s":32})"));                         // never
  add(st::Secret::copy_of("opaque"));
  const auto facts = factory->facts(held);
  REQUIRE(facts.size() == 4);
  CHECK(facts[0].part == "token:content");
  CHECK(facts[0].kind == "personal");
  CHECK(facts[0].categories == Lines{"content"});
  CHECK(facts[0].read_only);
  CHECK(facts[0].expires_at == at("2027-01-01T00:00:00Z"));
  CHECK(facts[1].part == "token:marketplace");
  CHECK_FALSE(facts[1].read_only);
  CHECK(facts[2].kind == "base");
  CHECK_FALSE(facts[2].expires_at.has_value());
  CHECK(facts[3].part == "token");
  CHECK(facts[3].kind.empty());
  // Of the old ones stay those that can be read and have not expired; an address is that of the fresh ones.
  const auto merged = factory->merged(std::move(held), wb::credentials(token_of(payload(3, 1 << 2, kLater))), now);
  Lines names;
  for (const auto& part : merged.parts) names.push_back(part.name);
  std::sort(names.begin(), names.end());
  CHECK(names == Lines{"token:analytics", "token:content", "token:statistics"});
  // A part whose name only begins alike is no token.
  st::Credentials other;
  other.channel = st::Channel::wildberries;
  other.parts.push_back({"tokens", st::Secret::copy_of("x")});
  CHECK(factory->facts(other).empty());
  CHECK(wb::TokenSet::make(other).error().errc() == st::Errc::credentials_missing);
}
