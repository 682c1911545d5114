// A reader of a world's HTTP, as a connector would read it, for tests of the world itself.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/testing/world.hpp>

#include "testing/world/core/json.hpp"
#include "tests/support/catch.hpp"

namespace stocktracker::test {

using testing::World;
using testing::world::JsonValue;
using Type = JsonValue::Type;

// Offer, kind, warehouse -> on hand, to client, from client.
using Position = std::tuple<std::string, StockKind, std::string>;
using Amounts = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
using Stock = std::map<Position, Amounts>;

inline Stock stock_of(const std::vector<testing::TruePosition>& positions) {
  Stock stock;
  for (const auto& p : positions) {
    const bool fresh =
        stock.emplace(Position{p.offer, p.kind, p.warehouse}, Amounts{p.on_hand, p.to_client, p.from_client}).second;
    REQUIRE(fresh);
  }
  return stock;
}

inline JsonValue parsed(const HttpResponse& response) {
  auto value = JsonValue::parse(response.body);
  REQUIRE(value.has_value());
  REQUIRE(response.body.capacity() >= response.body.size() + kBodyPadding);
  return std::move(*value);
}

inline const JsonValue& member(const JsonValue& object, std::string_view key) {
  const JsonValue* found = object.find(key);
  INFO("member " << key);
  REQUIRE(found != nullptr);
  return *found;
}

class WorldClient {
 public:
  explicit WorldClient(const World& world) : transport_(world.transport()), token_(world.token(Channel::wildberries)) {}

  [[nodiscard]] HttpResponse send(HttpMethod method, std::string_view path, std::string body = {}) const {
    return send_with(token_.reveal(), method, path, std::move(body));
  }
  [[nodiscard]] HttpResponse send_with(std::string_view authorization, HttpMethod method, std::string_view path,
                                       std::string body = {}) const {
    HttpRequest request;
    request.method = method;
    request.url = "https://any-host.example" + std::string(path);
    request.body = std::move(body);
    request.secret_headers.push_back({"authorization", Secret::copy_of(authorization)});
    auto answer = transport_->send(request, {});
    REQUIRE(answer);
    return std::move(answer).value();
  }

  [[nodiscard]] HttpResponse cards_page(std::string settings) const {
    return send(HttpMethod::post, "/content/v2/get/cards/list?locale=ru", "{\"settings\":" + settings + "}");
  }
  [[nodiscard]] HttpResponse report(std::string body) const {
    return send(HttpMethod::post, "/api/analytics/v1/stocks-report/wb-warehouses", std::move(body));
  }
  [[nodiscard]] HttpResponse seller_stocks(std::int64_t warehouse, std::string body) const {
    return send(HttpMethod::post, "/api/v3/stocks/" + std::to_string(warehouse), std::move(body));
  }

  // All cards in the order of the pages, by the documented loop.
  [[nodiscard]] std::vector<JsonValue> cards(bool ascending, int limit) const {
    std::vector<JsonValue> all;
    std::string cursor;
    for (;;) {
      const HttpResponse response =
          cards_page(std::string("{\"sort\":{\"ascending\":") + (ascending ? "true" : "false") +
                     "},\"filter\":{\"withPhoto\":-1},\"cursor\":{\"limit\":" + std::to_string(limit) + cursor + "}}");
      REQUIRE(response.status == 200);
      const JsonValue page = parsed(response);
      const JsonValue& last = member(page, "cursor");
      const auto total = member(last, "total").integer();
      REQUIRE(static_cast<std::size_t>(total) == member(page, "cards").items().size());
      REQUIRE(total <= limit);
      for (const JsonValue& card : member(page, "cards").items()) all.push_back(card);
      if (total < limit) return all;
      cursor = ",\"updatedAt\":\"" + member(last, "updatedAt").string() +
               "\",\"nmID\":" + std::to_string(member(last, "nmID").integer());
    }
  }

  // Rows of the whole report by pages of `limit`, until 204.
  [[nodiscard]] std::vector<JsonValue> report_rows(int limit) const {
    std::vector<JsonValue> all;
    for (;;) {
      const HttpResponse response =
          report("{\"limit\":" + std::to_string(limit) + ",\"offset\":" + std::to_string(all.size()) + "}");
      if (response.status == 204) {
        REQUIRE(response.body.empty());
        return all;
      }
      REQUIRE(response.status == 200);
      const JsonValue page = parsed(response);
      const auto& items = member(member(page, "data"), "items").items();
      REQUIRE_FALSE(items.empty());
      REQUIRE(items.size() <= static_cast<std::size_t>(limit));
      all.insert(all.end(), items.begin(), items.end());
    }
  }

  [[nodiscard]] std::vector<std::int64_t> warehouses() const {
    const HttpResponse response = send(HttpMethod::get, "/api/v3/warehouses");
    REQUIRE(response.status == 200);
    std::vector<std::int64_t> ids;
    const JsonValue list = parsed(response);
    for (const JsonValue& warehouse : list.items()) ids.push_back(member(warehouse, "id").integer());
    return ids;
  }

  [[nodiscard]] std::map<std::int64_t, std::int64_t> amounts(std::int64_t warehouse,
                                                             const std::set<std::int64_t>& chrt_ids) const {
    std::map<std::int64_t, std::int64_t> amounts;
    for (auto next = chrt_ids.begin(); next != chrt_ids.end();) {
      std::string body;
      JsonWriter json(body);
      json.begin_object().key("chrtIds").begin_array();
      for (int n = 0; n < 1'000 && next != chrt_ids.end(); ++n, ++next) json.integer(*next);
      json.end_array().end_object();
      const HttpResponse response = seller_stocks(warehouse, std::move(body));
      REQUIRE(response.status == 200);
      const JsonValue answer = parsed(response);
      for (const JsonValue& row : member(answer, "stocks").items()) {
        REQUIRE(amounts.emplace(member(row, "chrtId").integer(), member(row, "amount").integer()).second);
      }
    }
    return amounts;
  }

  // Everything there is to know now: the sizes of all cards and of the report, at all warehouses.
  [[nodiscard]] Stock read_all(int report_limit = 250'000) const {
    Stock stock;
    std::set<std::int64_t> chrt_ids;
    for (const JsonValue& card : cards(true, 100)) {
      for (const JsonValue& size : member(card, "sizes").items()) chrt_ids.insert(member(size, "chrtID").integer());
    }
    for (const JsonValue& row : report_rows(report_limit)) {
      const std::int64_t chrt_id = member(row, "chrtId").integer();
      chrt_ids.insert(chrt_id);
      Amounts& sum =
          stock[{std::to_string(chrt_id), StockKind::fbo, std::to_string(member(row, "warehouseId").integer())}];
      std::get<0>(sum) += member(row, "quantity").integer();
      std::get<1>(sum) += member(row, "inWayToClient").integer();
      std::get<2>(sum) += member(row, "inWayFromClient").integer();
    }
    for (const std::int64_t warehouse : warehouses()) {
      for (const auto& [chrt_id, amount] : amounts(warehouse, chrt_ids)) {
        stock[{std::to_string(chrt_id), StockKind::fbs, std::to_string(warehouse)}] = {amount, 0, 0};
      }
    }
    return stock;
  }

 private:
  std::shared_ptr<HttpTransport> transport_;
  Secret token_;
};

}  // namespace stocktracker::test
