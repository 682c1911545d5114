#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/yandex_market/cabinet.hpp"
#include "adapters/yandex_market/error_map.hpp"
#include "adapters/yandex_market/offers.hpp"
#include "adapters/yandex_market/orders.hpp"
#include "adapters/yandex_market/prices.hpp"
#include "adapters/yandex_market/stock.hpp"

namespace st = stocktracker;

namespace {

class Ignore final : public st::OfferSink, public st::OrderSink, public st::PriceSink {
 public:
  st::Result<void> offers(std::span<const st::OfferRow>) override { return st::success(); }
  st::Result<void> lines(std::span<const st::OrderLineRow>) override { return st::success(); }
  void restart() override {}
  st::Result<void> prices(std::span<const st::PriceRow>) override { return st::success(); }
};

}  // namespace

// Every answer of Yandex Market's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Ignore sink;
  std::vector<st::yandex_market::Campaign> campaigns;
  if (st::yandex_market::decode_campaigns(text, campaigns)) (void)st::yandex_market::cabinet_of(campaigns, 0);
  std::vector<st::yandex_market::OwnWarehouse> warehouses;
  (void)st::yandex_market::decode_own_warehouses(text, warehouses);
  (void)st::yandex_market::decode_market_warehouses(text);
  (void)st::yandex_market::decode_offer_mappings(text, sink);
  const st::yandex_market::WarehouseNames names{{147, "w"}};
  st::yandex_market::StockRows rows(names, st::WarehouseKind::marketplace);
  (void)rows.add_of_campaign(std::string(text), 1, 0);
  (void)rows.add_of_campaign(std::string(text), 2, 147);
  (void)rows.add_of_warehouse(std::string(text), 147);
  (void)st::yandex_market::decode_orders(text, sink);
  (void)st::yandex_market::decode_prices(text, sink);
  (void)st::check_response(st::yandex_market::errors(), {}, {420, {}, std::string(text)}, st::Instant::from_seconds(1));
  return 0;
}
