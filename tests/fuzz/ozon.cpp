// Every decoder of Ozon's answers and notifications: any bytes end as rows or as an error.
#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/ozon/error_map.hpp"
#include "adapters/ozon/order_pass.hpp"
#include "adapters/ozon/postings.hpp"
#include "adapters/ozon/prices.hpp"
#include "adapters/ozon/products.hpp"
#include "adapters/ozon/stock.hpp"
#include "tests/fuzz/answered.hpp"

namespace st = stocktracker;

namespace {

class Offers final : public st::OfferSink {
  st::Result<void> offers(std::span<const st::OfferRow>) override { return st::success(); }
};
class Warehouses final : public st::WarehouseSink {
  st::Result<void> warehouses(std::span<const st::WarehouseRow>) override { return st::success(); }
};
class Lines final : public st::OrderSink {
  st::Result<void> lines(std::span<const st::OrderLineRow>) override { return st::success(); }
  void restart() override {}
};
class Prices final : public st::PriceSink {
  st::Result<void> prices(std::span<const st::PriceRow>) override { return st::success(); }
};

}  // namespace

// Every answer of Ozon's, and what it pushes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  st::AnswerSink odd;
  Offers offers;
  Warehouses warehouses;
  Lines lines;
  Prices prices;
  st::ozon::Articles articles;
  st::PageWatch watch("fuzz");
  std::vector<st::ozon::ListedProduct> products{{"a", 1}};
  (void)st::ozon::decode_product_list(text, odd, products);
  (void)st::ozon::decode_product_info(text, products, offers);
  (void)st::ozon::decode_ozon_warehouses(text);
  (void)st::ozon::decode_warehouses(text, warehouses);
  const st::ozon::WarehouseNames names{{1, "w"}};
  st::ozon::StockRows rows(names, odd);
  (void)rows.add_fbo(std::string(text), watch);
  (void)rows.add_fbo(std::string(text), watch);
  (void)rows.take();
  st::ozon::StockRows own(names, odd);
  (void)own.add_fbs(std::string(text), {"1", "w", "", st::WarehouseKind::seller}, {"a"}, watch);
  (void)own.take();
  st::ozon::Returns returns;
  (void)st::ozon::decode_returns(text, odd, watch, returns);
  for (const auto kind : {st::StockKind::fbo, st::StockKind::fbs}) {
    (void)st::ozon::decode_postings(text, {kind, returns}, lines);
  }
  (void)st::ozon::decode_prices(text, articles, watch, prices);
  (void)st::ozon::OrderPass::parse(text);
  (void)st::ozon::decode_push(text);
  answered::check(st::ozon::errors(), answered::answer_of(text));
  return 0;
}
