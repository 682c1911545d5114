// Order feeds and prices of Wildberries: any bytes end as rows or as an error.
#include <cstdint>
#include <string_view>

#include "adapters/wildberries/orders.hpp"
#include "adapters/wildberries/prices.hpp"

namespace st = stocktracker;

namespace {

class Ignore final : public st::OrderSink, public st::PriceSink {
 public:
  st::Result<void> lines(std::span<const st::OrderLineRow>) override { return st::success(); }
  void restart() override {}
  st::Result<void> prices(std::span<const st::PriceRow>) override { return st::success(); }
};

}  // namespace

// Pages of the order feed and of the price list.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Ignore sink;
  (void)st::wildberries::decode_order_page(text, sink);
  (void)st::wildberries::decode_price_page(text, sink);
  return 0;
}
