// The Wildberries API of a world: pages, errors, tokens, and the official examples.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

#include "testing/world/core/catalogue.hpp"
#include "testing/world/wildberries/token.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/skip.hpp"
#include "tests/unit/testing/world_client.hpp"

using namespace std::chrono_literals;

namespace stocktracker::test {
namespace {

testing::WorldOptions of_size(int offers) {
  testing::WorldOptions options;
  options.seed = 42;
  options.offers = offers;
  options.marketplace_warehouses = 12;
  options.undisclosed_percent = 50;
  options.seller_warehouses = 3;
  return options;
}

std::pair<std::string, std::int64_t> place(const JsonValue& card) {
  // Times of equal length compare as text.
  std::string time = member(card, "updatedAt").string();
  time.pop_back();
  if (time.size() == 19) time += '.';
  time.resize(26, '0');
  return {time, member(card, "nmID").integer()};
}

void require_problem(const HttpResponse& response, int status) {
  REQUIRE(response.status == status);
  REQUIRE(response.header("content-type") == "application/problem+json");
  const JsonValue body = parsed(response);
  for (const char* key : {"title", "detail", "code", "requestId", "origin", "statusText", "timestamp"}) {
    REQUIRE(member(body, key).is(Type::string));
  }
  REQUIRE(member(body, "status").integer() == status);
}

void require_marketplace_error(const HttpResponse& response, int status, const std::string& code) {
  REQUIRE(response.status == status);
  const JsonValue body = parsed(response);
  REQUIRE(member(body, "code").string() == code);
  REQUIRE(body.keys() == std::vector<std::string>{"code", "message", "data"});
}

void require_analytics_error(const HttpResponse& response) {
  REQUIRE(response.status == 400);
  REQUIRE(response.header("content-type") == "application/json");
  REQUIRE(parsed(response).keys() == std::vector<std::string>{"title", "detail", "requestId", "origin"});
}

void require_content_error(const HttpResponse& response) {
  REQUIRE(response.status == 400);
  const JsonValue body = parsed(response);
  REQUIRE(body.keys() == std::vector<std::string>{"data", "error", "errorText", "additionalErrors"});
  REQUIRE(member(body, "error").boolean());
}

std::string numbers(const char* key, int count) {
  std::string body = std::string("{\"") + key + "\":[";
  for (int n = 0; n < count; ++n) body += (n > 0 ? "," : "") + std::to_string(n + 1);
  return body + "]}";
}

void write(JsonWriter& json, const JsonValue& value) {
  switch (value.type()) {
    case Type::null:
      json.null();
      return;
    case Type::boolean:
      json.boolean(value.boolean());
      return;
    case Type::string:
      json.string(value.string());
      return;
    case Type::integer:
      json.integer(value.integer());
      return;
    case Type::number:
      FAIL("no request holds a fraction");
      return;
    case Type::array:
      json.begin_array();
      for (const JsonValue& item : value.items()) write(json, item);
      json.end_array();
      return;
    case Type::object:
      json.begin_object();
      for (std::size_t n = 0; n < value.items().size(); ++n) {
        json.key(value.keys()[n]);
        write(json, value.items()[n]);
      }
      json.end_object();
  }
}

// The official examples lie beside the checkout, not in it.
std::optional<JsonValue> example(const std::string& name) {
  std::ifstream file("../shared/specs/examples/wb/" + name + ".json", std::ios::binary);
  if (!file) {
    skipped("no published examples beside the checkout");
    return std::nullopt;
  }
  std::ostringstream text;
  text << file.rdbuf();
  auto value = JsonValue::parse(text.str());
  REQUIRE(value.has_value());
  return value;
}

const JsonValue& body_of(const JsonValue& side) {
  const JsonValue* body = side.find("example");
  return body != nullptr ? *body : member(side, "assembled_from_property_examples");
}

std::string request_of(const JsonValue& operation) {
  std::string body;
  JsonWriter json(body);
  write(json, body_of(member(operation, "request")));
  return body;
}

const JsonValue& answer_of(const JsonValue& operation, const char* status, const char* type) {
  return body_of(member(member(member(operation, "responses"), status), type));
}

// Whether `ours` has all that `theirs` has, in the same types; an item of a list of ours is enough for each of theirs.
bool has_shape(const JsonValue& ours, const JsonValue& theirs) {
  const auto kind = [](const JsonValue& value) { return value.is(Type::number) ? Type::integer : value.type(); };
  if (kind(ours) != kind(theirs)) return false;
  if (theirs.is(Type::array)) {
    return std::all_of(theirs.items().begin(), theirs.items().end(), [&](const JsonValue& item) {
      return std::any_of(ours.items().begin(), ours.items().end(),
                         [&](const JsonValue& own) { return has_shape(own, item); });
    });
  }
  for (std::size_t n = 0; n < theirs.keys().size(); ++n) {
    const JsonValue* own = ours.find(theirs.keys()[n]);
    if (own == nullptr || !has_shape(*own, theirs.items()[n])) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("Wildberries world: the cursor visits every card once, in both orders") {
  World world(of_size(700));
  const WorldClient client(world);
  const auto ascending = client.cards(true, 100);
  std::vector<std::pair<std::string, std::int64_t>> places;
  std::set<std::int64_t> ids;
  std::size_t offers = 0;
  std::size_t ties = 0;
  for (const JsonValue& card : ascending) {
    if (!places.empty() && places.back().first == place(card).first) ++ties;
    places.push_back(place(card));
    ids.insert(member(card, "nmID").integer());
    offers += member(card, "sizes").items().size();
  }
  REQUIRE(offers == 700);
  REQUIRE(ids.size() == ascending.size());
  REQUIRE(std::is_sorted(places.begin(), places.end()));
  REQUIRE(ties > 10);  // else the second key of the cursor is not tried
  for (const int limit : {1, 3, 7, 10, 99, 100}) {
    for (const bool up : {true, false}) {
      INFO("limit " << limit << (up ? " up" : " down"));
      const auto cards = client.cards(up, limit);
      REQUIRE(cards.size() == places.size());
      for (std::size_t n = 0; n < cards.size(); ++n) {
        REQUIRE(place(cards[n]) == places[up ? n : places.size() - 1 - n]);
      }
    }
  }
}

TEST_CASE("Wildberries world: the list of cards has the documented defaults") {
  World world(of_size(100));
  const WorldClient client(world);
  const JsonValue page = parsed(client.send(HttpMethod::post, "/content/v2/get/cards/list", "{}"));
  const auto& cards = member(page, "cards").items();
  REQUIRE(cards.size() == 10);
  REQUIRE(place(cards.front()) >= place(cards.back()));
  REQUIRE(client.cards_page("{\"cursor\":{\"updatedAt\":null,\"nmID\":null},\"later\":[{}]}").body ==
          client.cards_page("{}").body);
  // Beyond the end the cursor stays where it is.
  const JsonValue end = parsed(client.cards_page("{\"cursor\":{\"updatedAt\":\"2001-02-03T04:05:06.7Z\",\"nmID\":5}}"));
  REQUIRE(member(end, "cards").items().empty());
  REQUIRE(member(member(end, "cursor"), "updatedAt").string() == "2001-02-03T04:05:06.7Z");
  REQUIRE(member(member(end, "cursor"), "total").integer() == 0);
}

TEST_CASE("Wildberries world: each filter of the list of cards selects its cards") {
  World world(of_size(300));
  const WorldClient client(world);
  const auto all = client.cards(true, 100);
  const auto filtered = [&](const std::string& filter) {
    return parsed(client.cards_page("{\"filter\":{" + filter + "},\"cursor\":{\"limit\":100}}"));
  };
  const JsonValue& card = all.at(3);
  const JsonValue& sku = member(member(card, "sizes").items().front(), "skus").items().front();
  const JsonValue by_sku = filtered("\"textSearch\":\"" + sku.string() + "\"");
  REQUIRE(member(by_sku, "cards").items().size() == 1);
  REQUIRE(place(member(by_sku, "cards").items().front()) == place(card));
  const auto count = [&](const std::string& filter) { return member(filtered(filter), "cards").items().size(); };
  const auto with_photo = static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const JsonValue& one) { return one.find("photos") != nullptr; }));
  REQUIRE(all.size() <= 200);
  REQUIRE(with_photo > 0);
  REQUIRE(with_photo < all.size());
  REQUIRE(count("\"withPhoto\":2") == all.size() - with_photo);
  REQUIRE(count("\"withPhoto\":1") == std::min<std::size_t>(100, with_photo));
  const auto of_subject = static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [](const JsonValue& one) { return member(one, "subjectID").integer() == 69; }));
  REQUIRE(count("\"objectIDs\":[69]") == of_subject);
  REQUIRE(count("\"brands\":[\"нет такого\"]") == 0);
  REQUIRE(count("\"imtID\":" + std::to_string(member(card, "imtID").integer())) >= 1);
}

TEST_CASE("Wildberries world: cards have distinct articles and barcodes, and varied sizes") {
  World world(of_size(2'000));
  const WorldClient client(world);
  std::set<std::string> articles;
  std::set<std::string> skus;
  std::set<std::int64_t> chrt_ids;
  std::set<std::size_t> sizes_seen;
  std::set<std::size_t> skus_seen;
  bool one_size = false;
  bool zero_in_front = false;
  for (const JsonValue& card : client.cards(true, 100)) {
    REQUIRE(articles.insert(member(card, "vendorCode").string()).second);
    REQUIRE(member(card, "nmID").integer() > 1'000'000);
    REQUIRE_FALSE(member(card, "title").string().empty());
    sizes_seen.insert(member(card, "sizes").items().size());
    for (const JsonValue& size : member(card, "sizes").items()) {
      REQUIRE(chrt_ids.insert(member(size, "chrtID").integer()).second);
      if (member(size, "techSize").string() == "0") {
        one_size = true;
        REQUIRE(member(card, "sizes").items().size() == 1);
      }
      skus_seen.insert(member(size, "skus").items().size());
      for (const JsonValue& sku : member(size, "skus").items()) {
        REQUIRE(skus.insert(sku.string()).second);
        zero_in_front = zero_in_front || sku.string().front() == '0';
      }
    }
  }
  REQUIRE(chrt_ids.size() == 2'000);
  REQUIRE(one_size);
  REQUIRE(zero_in_front);
  REQUIRE(sizes_seen == std::set<std::size_t>{1, 2, 3, 4, 5, 6});
  REQUIRE(skus_seen == std::set<std::size_t>{1, 2, 3});
  const auto some = [&](auto test) { return std::any_of(articles.begin(), articles.end(), test); };
  CHECK(some([](const std::string& a) { return a.front() == '0'; }));
  CHECK(some([](const std::string& a) { return a.front() == '='; }));
  for (const char trap : {'"', ',', ';', '+', '@', '\\'}) {
    INFO(trap);
    CHECK(some([&](const std::string& a) { return a.find(trap) != std::string::npos; }));
  }
}

TEST_CASE("Wildberries world: every row of the stock report has units, and hidden warehouses share one id and name") {
  World world(of_size(300));
  const WorldClient client(world);
  const auto rows = client.report_rows(250'000);
  std::map<std::pair<std::int64_t, std::int64_t>, int> seen;
  for (const JsonValue& row : rows) {
    const std::int64_t warehouse = member(row, "warehouseId").integer();
    ++seen[{member(row, "chrtId").integer(), warehouse}];
    REQUIRE((warehouse == -999'999) == (member(row, "warehouseName").string() == "Склад WB"));
    REQUIRE((warehouse == -999'999) == (member(row, "regionName").string() == "Склад WB"));
    REQUIRE(member(row, "quantity").integer() + member(row, "inWayToClient").integer() +
                member(row, "inWayFromClient").integer() >
            0);
  }
  int repeated = 0;
  for (const auto& [key, times] : seen) {
    if (times > 1) {
      REQUIRE(key.second == -999'999);
      ++repeated;
    }
  }
  REQUIRE(repeated > 10);

  for (const int limit : {1, 17, static_cast<int>(rows.size())}) {
    const auto paged = client.report_rows(limit);
    REQUIRE(paged.size() == rows.size());
    for (std::size_t n = 0; n < rows.size(); ++n) {
      REQUIRE(member(paged[n], "chrtId").integer() == member(rows[n], "chrtId").integer());
      REQUIRE(member(paged[n], "quantity").integer() == member(rows[n], "quantity").integer());
    }
  }
  REQUIRE(client.report("{\"offset\":" + std::to_string(rows.size()) + "}").status == 204);
  REQUIRE(client.report("{\"offset\":4294967295}").status == 204);
  REQUIRE(client.report("{\"nmIds\":[1]}").status == 204);

  const std::int64_t listing = member(rows.front(), "nmId").integer();
  const std::int64_t offer = member(rows.front(), "chrtId").integer();
  const auto items = [&](const std::string& body) {
    const JsonValue page = parsed(client.report(body));
    return member(member(page, "data"), "items").items();
  };
  const auto of_listing = items("{\"nmIds\":[" + std::to_string(listing) + "]}");
  REQUIRE(of_listing.size() ==
          static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const JsonValue& row) {
            return member(row, "nmId").integer() == listing;
          })));
  const auto of_offer =
      items("{\"nmIds\":[" + std::to_string(listing) + "],\"chrtIds\":[" + std::to_string(offer) + "]}");
  for (const JsonValue& row : of_offer) REQUIRE(member(row, "chrtId").integer() == offer);
  // Sizes alone narrow nothing.
  REQUIRE(items("{\"chrtIds\":[" + std::to_string(offer) + "],\"nmIds\":[]}").size() == rows.size());
}

TEST_CASE("Wildberries world: seller stock of unknown sizes is missing") {
  World world(of_size(60));
  const WorldClient client(world);
  const std::int64_t warehouse = client.warehouses().at(0);
  REQUIRE(client.seller_stocks(warehouse, numbers("chrtIds", 1'000)).body == "{\"stocks\":[]}");
  const auto truth = world.truth(Channel::wildberries);
  const auto known = std::find_if(truth.begin(), truth.end(), [&](const auto& p) {
    return p.kind == StockKind::fbs && p.warehouse == std::to_string(warehouse);
  });
  REQUIRE(known != truth.end());
  REQUIRE(client.seller_stocks(warehouse, "{\"chrtIds\":[1," + known->offer + "," + known->offer + "]}").body ==
          "{\"stocks\":[{\"chrtId\":" + known->offer + ",\"amount\":" + std::to_string(known->on_hand) + "}]}");
}

TEST_CASE("Wildberries world: the content API reports errors in its own form") {
  World world(of_size(10));
  const WorldClient client(world);
  for (const char* body : {"", "{", "[]", "null", "{\"settings\":[]}", "{\"settings\":{\"cursor\":{\"limit\":\"5\"}}}",
                           "{\"settings\":{\"cursor\":{\"limit\":5.0}}}", "{\"settings\":{}} x"}) {
    INFO(body);
    const HttpResponse response = client.send(HttpMethod::post, "/content/v2/get/cards/list", body);
    REQUIRE(response.status == 400);
    REQUIRE(response.header("Content-Type") == "plain/text");
    REQUIRE(response.body == "Request body can not be decoded");
  }
  for (const char* settings :
       {"{\"cursor\":{\"limit\":101}}", "{\"cursor\":{\"limit\":0}}", "{\"cursor\":{\"limit\":-1}}",
        "{\"cursor\":{\"updatedAt\":\"yesterday\",\"nmID\":1}}", "{\"filter\":{\"withPhoto\":3}}"}) {
    INFO(settings);
    require_content_error(client.cards_page(settings));
  }
}

TEST_CASE("Wildberries world: the analytics API reports errors in its own form") {
  World world(of_size(10));
  const WorldClient client(world);
  for (const std::string& body :
       {std::string("{"), std::string(), std::string("[]"), std::string("{\"limit\":250001}"),
        std::string("{\"limit\":0}"), std::string("{\"offset\":-1}"), std::string("{\"limit\":\"9\"}"),
        std::string("{\"nmIds\":[\"1\"]}"), numbers("nmIds", 1'001)}) {
    INFO(body.substr(0, 40));
    require_analytics_error(client.report(body));
  }
  REQUIRE(client.report(numbers("nmIds", 1'000)).status == 204);
}

TEST_CASE("Wildberries world: the marketplace API reports errors in its own form") {
  World world(of_size(10));
  const WorldClient client(world);
  const std::int64_t id = client.warehouses().at(0);
  require_marketplace_error(client.seller_stocks(id, "{"), 400, "IncorrectRequestBody");
  require_marketplace_error(client.seller_stocks(id, ""), 400, "IncorrectRequestBody");
  require_marketplace_error(client.seller_stocks(id, "{\"chrtIds\":[\"1\"]}"), 400, "IncorrectRequestBody");
  require_marketplace_error(client.seller_stocks(id, "{\"chrtIds\":[]}"), 400, "IncorrectRequest");
  require_marketplace_error(client.seller_stocks(id, "{}"), 400, "IncorrectRequest");
  require_marketplace_error(client.seller_stocks(id, numbers("chrtIds", 1'001)), 400, "IncorrectRequest");
  require_marketplace_error(client.seller_stocks(id, "{\"skus\":[\"1\"]}"), 400, "SKUUploadDisabled");
  require_marketplace_error(client.seller_stocks(1, "{\"chrtIds\":[1]}"), 404, "NotFound");
  require_marketplace_error(client.send(HttpMethod::post, "/api/v3/stocks/x1", "{\"chrtIds\":[1]}"), 400,
                            "IncorrectParameter");
}

TEST_CASE("Wildberries world: an unknown path or method is refused") {
  World world(of_size(10));
  const WorldClient client(world);
  for (const char* path :
       {"/", "/ping/", "/api/v1/supplier/stocks", "/api/v3/stocks/", "/api/v3/stocks/1/2", "/Ping"}) {
    INFO(path);
    require_problem(client.send(HttpMethod::get, path), 404);
  }
  require_problem(client.send(HttpMethod::post, "/ping"), 405);
  require_problem(client.send(HttpMethod::get, "/content/v2/get/cards/list"), 405);
  const HttpResponse patch = client.send(HttpMethod::patch, "/api/v3/stocks/1", "{}");
  require_problem(patch, 405);
  REQUIRE(patch.header("Allow") == "POST, PUT");
  REQUIRE(client.send(HttpMethod::get, "/ping?x=1#y").status == 200);
  REQUIRE(world.requests() == 10);
}

TEST_CASE("Wildberries world: only a valid token is accepted, and no refusal repeats it") {
  World world(of_size(10));
  const WorldClient client(world);
  const std::string token = revealed(world.token(Channel::wildberries));
  const auto status = [&](std::string_view authorization) {
    const HttpResponse response = client.send_with(authorization, HttpMethod::get, "/api/v1/seller-info");
    if (response.status != 200) {
      require_problem(response, 401);
      if (!authorization.empty()) REQUIRE(response.body.find(authorization) == std::string::npos);
    }
    return response.status;
  };
  REQUIRE(status(token) == 200);
  REQUIRE(status("") == 401);
  REQUIRE(status("Bearer " + token) == 401);
  REQUIRE(status("garbage") == 401);
  REQUIRE(status("a.b.c") == 401);
  REQUIRE(status(token + "=") == 401);
  REQUIRE(status(token + ".x") == 401);
  REQUIRE(status(token.substr(0, token.rfind('.') + 1)) == 401);
  REQUIRE(status(token.substr(0, token.rfind('.'))) == 401);

  // Any well-formed one that has not expired is taken; the signature is not checked.
  testing::world::Catalogue other;
  other.seed = 999;
  const Instant start = world.clock()->now();
  const std::string foreign = testing::world::make_token(other, start, {.lives = 1h});
  REQUIRE(status(foreign) == 200);
  world.clock()->advance(1h - 1s);
  REQUIRE(status(foreign) == 200);
  world.clock()->advance(1s);
  REQUIRE(status(foreign) == 401);
  world.clock()->advance(24h * 365);
  REQUIRE(status(token) == 200);
  world.clock()->advance(24h * 100);
  REQUIRE(status(token) == 401);

  HttpRequest bare;
  bare.url = "https://common-api.wildberries.ru/ping";
  require_problem(world.transport()->send(bare, {}).value(), 401);
}

TEST_CASE("Wildberries world: answers have the shape of the official examples") {
  World world(of_size(1'500));
  const WorldClient client(world);
  if (const auto ping = example("GET_ping")) {
    REQUIRE(has_shape(parsed(client.send(HttpMethod::get, "/ping")), answer_of(*ping, "200", "application/json")));
    REQUIRE(has_shape(parsed(client.send_with("x", HttpMethod::get, "/ping")),
                      answer_of(*ping, "401", "application/problem+json")));
  }
  if (const auto seller = example("GET_api_v1_seller-info")) {
    const JsonValue ours = parsed(client.send(HttpMethod::get, "/api/v1/seller-info"));
    REQUIRE(has_shape(ours, answer_of(*seller, "200", "application/json")));
  }
  if (const auto warehouses = example("GET_api_v3_warehouses")) {
    const JsonValue ours = parsed(client.send(HttpMethod::get, "/api/v3/warehouses"));
    REQUIRE(has_shape(ours, answer_of(*warehouses, "200", "application/json")));
  }
  if (const auto cards = example("POST_content_v2_get_cards_list")) {
    const HttpResponse asked = client.send(HttpMethod::post, "/content/v2/get/cards/list", request_of(*cards));
    REQUIRE(asked.status == 200);
    const JsonValue& theirs = answer_of(*cards, "200", "application/json");
    const JsonValue& card = member(theirs, "cards").items().front();
    const auto ours = client.cards(true, 100);
    REQUIRE(std::any_of(ours.begin(), ours.end(), [&](const JsonValue& own) { return has_shape(own, card); }));
    REQUIRE(has_shape(member(parsed(client.cards_page("{}")), "cursor"), member(theirs, "cursor")));
  }
  if (const auto report = example("POST_api_analytics_v1_stocks-report_wb-warehouses")) {
    REQUIRE(client.report(request_of(*report)).status == 204);  // none of the named listings is ours
    REQUIRE(has_shape(parsed(client.report("{}")), answer_of(*report, "200", "application/json")));
    REQUIRE(has_shape(parsed(client.report("{")), answer_of(*report, "400", "application/json")));
  }
  if (const auto stocks = example("POST_api_v3_stocks_warehouseId")) {
    const std::int64_t id = client.warehouses().at(0);
    REQUIRE(client.seller_stocks(id, request_of(*stocks)).status == 200);
    const auto truth = world.truth(Channel::wildberries);
    const auto known = std::find_if(truth.begin(), truth.end(), [&](const auto& p) {
      return p.kind == StockKind::fbs && p.warehouse == std::to_string(id);
    });
    REQUIRE(known != truth.end());
    const JsonValue ours = parsed(client.seller_stocks(id, "{\"chrtIds\":[" + known->offer + "]}"));
    REQUIRE(has_shape(ours, answer_of(*stocks, "200", "application/json")));
    REQUIRE(
        has_shape(parsed(client.seller_stocks(1, "{\"chrtIds\":[1]}")), answer_of(*stocks, "404", "application/json")));
  }
}

TEST_CASE("Wildberries world: a large world is quick") {
  const auto begun = std::chrono::steady_clock::now();
  World world(of_size(100'000));
  const WorldClient client(world);
  const HttpResponse report = client.report("{}");
  const auto took = std::chrono::steady_clock::now() - begun;
  REQUIRE(report.status == 200);
  REQUIRE(report.body.size() > 30'000'000);
  REQUIRE(report.body.capacity() >= report.body.size() + kBodyPadding);
  // Generous: unoptimised builds with sanitizers run this, too.
  REQUIRE(took < 30s);
}

}  // namespace stocktracker::test
