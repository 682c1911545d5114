// An Ozon seller's shop that answers as scripted, and the rows of its answers.
#pragma once

#include <algorithm>

#include <stocktracker/adapters/ozon.hpp>

#include "tests/support/transcript.hpp"

namespace ozon_rows {

namespace st = stocktracker;
namespace oz = stocktracker::ozon;
using namespace transcript;
using namespace std::chrono_literals;

struct Shop : Seller {
  std::shared_ptr<st::Connector> connector(oz::Options options = {}) const {
    return connect(oz::make_factory(std::move(options)).value(), oz::credentials("123", st::Secret::copy_of("key-1")));
  }
};

inline std::string stock_row(const std::string& offer, int product, int sku, const std::string& amounts,
                             const std::string& warehouse = "77") {
  return R"({"offer_id":")" + offer + R"(","product_id":)" + std::to_string(product) + R"(,"sku":)" +
         std::to_string(sku) + R"(,"warehouse_id":)" + warehouse + "," + amounts + "}";
}
inline std::string page(const std::string& list, const std::string& rows, const std::string& cursor = "") {
  return R"({"cursor":")" + cursor + R"(","has_next":)" + (cursor.empty() ? "false" : "true") + ",\"" + list + "\":[" +
         rows + "]}";
}
inline std::string product_page(const std::string& items, const std::string& last_id = "") {
  return R"({"result":{"items":[)" + items + R"(],"last_id":")" + last_id + R"("}})";
}
inline std::string listed(int product, const std::string& offer) {
  return R"({"product_id":)" + std::to_string(product) + R"(,"offer_id":")" + offer + "\"}";
}
inline std::string posting(const std::string& number, const std::string& products, const std::string& rest = {},
                           const std::string& status = "delivered") {
  return R"({"posting_number":")" + number + R"(","status":")" + status + "\"" +
         (rest.empty() ? R"(,"in_process_at":"2026-11-25T07:00:00Z")" : rest) + R"(,"products":[)" + products + "]}";
}
inline std::string product(int sku, const std::string& offer, int quantity = 1, const std::string& price = "\"100.00\"",
                           const std::string& currency = "RUB") {
  return R"({"sku":)" + std::to_string(sku) + R"(,"offer_id":")" + offer + R"(","quantity":)" +
         std::to_string(quantity) + R"(,"price":{"amount":)" + price + R"(,"currency":")" + currency + R"("}})";
}

/// The lines of one answer about FBS postings, and what is odd about them.
inline Lines lines_of(const std::string& postings, const std::string& returns = {}) {
  Shop shop;
  shop.script->answer("/v4/posting/fbs/list", page("postings", postings))
      .answer("/v1/returns/list", page("returns", returns))
      .always("", "{}");
  REQUIRE(shop.connector()->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, {}));
  std::erase_if(shop.rows.seen, [](const std::string& line) { return line.starts_with("covered"); });
  return shop.rows.seen;
}

}  // namespace ozon_rows
