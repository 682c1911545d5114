// A seller's cabinet of Yandex Market that answers as scripted, and the rows of its answers.
#pragma once

#include <functional>

#include <stocktracker/adapters/yandex_market.hpp>

#include "tests/support/transcript.hpp"

namespace yandex_rows {

namespace st = stocktracker;
namespace ym = stocktracker::yandex_market;
using namespace transcript;
using namespace std::chrono_literals;

inline constexpr const char* kShops =
    R"({"campaigns":[{"id":21,"business":{"id":900,"name":"Clay & Co"},"placementType":"FBY"},)"
    R"({"id":22,"business":{"id":900},"placementType":"FBS"},{"id":23,"business":{"id":900},"placementType":"LAAS"},)"
    R"({"id":24,"business":{"id":900},"placementType":"FBY","apiAvailability":"MANUALLY_DISABLED"}]})";

struct Shop : Seller {
  explicit Shop(bool with_shops = true) {
    if (with_shops) script->answer("/v2/campaigns?", kShops);
    script->always("/v2/warehouses",
                   R"({"result":{"warehouses":[{"id":147,"name":"Rostov"},{"id":"172","name":"Sofyino"}]}})");
  }
  std::shared_ptr<st::Connector> connector(ym::Options options = {}, std::string_view business = {}) const {
    return connect(ym::make_factory(std::move(options)).value(), ym::credentials(st::Secret::copy_of("key"), business));
  }
  /// What was asked beside shops and the Market's warehouses.
  [[nodiscard]] Lines asked(std::string_view part) const {
    Lines found;
    for (const std::string& one : script->asked) {
      if (one.find(part) != std::string::npos) found.push_back(one);
    }
    return found;
  }
};

inline std::string in_result(const std::string& list, const std::string& rows, const std::string& token = {}) {
  return R"({"result":{")" + list + R"(":[)" + rows + R"(],"paging":{)" +
         (token.empty() ? "" : R"("nextPageToken":")" + token + "\"") + "}}}";
}
inline std::string stock_of(const std::string& offer, const std::string& parts) {
  std::string text = R"({"offerId":")" + offer + R"(","stocks":[)";
  std::string list = parts;
  return text + list + "]}";
}
inline std::string part(const char* type, int count) {
  return R"({"type":")" + std::string(type) + R"(","count":)" + std::to_string(count) + "}";
}
inline std::string warehouse(int id, const std::string& offers) {
  return R"({"warehouseId":)" + std::to_string(id) + R"(,"offers":[)" + offers + "]}";
}

}  // namespace yandex_rows
