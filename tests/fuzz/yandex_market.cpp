// Every decoder of Yandex Market's answers: any bytes end as rows or as an error.
#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/yandex_market/cabinet.hpp"
#include "adapters/yandex_market/error_map.hpp"
#include "adapters/yandex_market/offers.hpp"
#include "adapters/yandex_market/orders.hpp"
#include "adapters/yandex_market/prices.hpp"
#include "adapters/yandex_market/stock.hpp"
#include "tests/fuzz/answered.hpp"

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
  namespace ym = st::yandex_market;
  Ignore sink;
  ym::OddNotes odd;
  st::PageWatch watch("fuzz");
  std::vector<ym::Campaign> campaigns;
  ym::Cabinet cabinet;
  if (ym::decode_campaigns(text, campaigns, odd)) {
    if (auto found = ym::cabinet_of(campaigns, 0)) cabinet = std::move(found).value();
  }
  std::vector<ym::OwnWarehouse> warehouses;
  for (const auto list : {ym::WarehouseList::v2, ym::WarehouseList::v3}) {
    if (ym::decode_own_warehouses(text, list, warehouses, odd)) (void)ym::places_of(warehouses, cabinet);
  }
  (void)ym::decode_market_warehouses(text);
  (void)ym::decode_offer_mappings(text, sink);
  const ym::WarehouseNames names{{147, "w"}};
  ym::StockRows rows(names, odd);
  (void)rows.add_of_campaign(std::string(text), 1, watch);
  (void)rows.add_of_campaign(std::string(text), 2, watch);
  const ym::OwnPlace place{"group:1", "g", {147, 148}, 1};
  ym::StockRows own(place, "g", odd);
  (void)own.add_of_campaign(std::string(text), 1, watch);
  (void)own.add_of_warehouse(std::string(text), watch);
  (void)ym::decode_orders(text, sink, watch);
  (void)ym::decode_prices(text, sink, watch);
  answered::check(ym::errors(), answered::answer_of(text));
  return 0;
}
