#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/ozon/error_map.hpp"
#include "adapters/ozon/postings.hpp"
#include "adapters/ozon/prices.hpp"
#include "adapters/ozon/products.hpp"
#include "adapters/ozon/stock.hpp"

namespace st = stocktracker;

namespace {

class Ignore final : public st::OfferSink, public st::WarehouseSink, public st::OrderSink, public st::PriceSink {
 public:
  st::Result<void> offers(std::span<const st::OfferRow>) override { return st::success(); }
  st::Result<void> warehouses(std::span<const st::WarehouseRow>) override { return st::success(); }
  st::Result<void> lines(std::span<const st::OrderLineRow>) override { return st::success(); }
  void restart() override {}
  st::Result<void> prices(std::span<const st::PriceRow>) override { return st::success(); }
};

}  // namespace

// Every answer of Ozon's, and what it pushes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Ignore sink;
  std::vector<st::ozon::ListedProduct> products{{"a", 1}};
  (void)st::ozon::decode_product_list(text, products);
  (void)st::ozon::decode_product_info(text, products, sink);
  (void)st::ozon::decode_ozon_warehouses(text);
  (void)st::ozon::decode_warehouses(text, sink);
  const st::ozon::WarehouseNames names{{1, "w"}};
  st::ozon::StockRows rows(names);
  (void)rows.add_fbo(std::string(text));
  (void)rows.add_fbs(std::string(text), {"1", "w", "", st::WarehouseKind::seller}, {"a"});
  st::ozon::Returns returns;
  (void)st::ozon::decode_returns(text, returns);
  (void)st::ozon::decode_postings(text, st::StockKind::fbo, returns, sink);
  (void)st::ozon::decode_postings(text, st::StockKind::fbs, returns, sink);
  (void)st::ozon::decode_prices(text, sink);
  (void)st::ozon::decode_push(text);
  (void)st::check_response(st::ozon::errors(), {}, {429, {}, std::string(text)}, st::Instant::from_seconds(1));
  return 0;
}
