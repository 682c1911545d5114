// Seller warehouses of Wildberries and their stock: any bytes end as rows or as an error.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "adapters/wildberries/seller_stock.hpp"

namespace st = stocktracker;

namespace {

class Ignore final : public st::WarehouseSink {
 public:
  st::Result<void> warehouses(std::span<const st::WarehouseRow>) override { return st::success(); }
};

}  // namespace

// Answers of seller warehouses, and the list of them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::int64_t> asked{1, 2, 12345678};
  st::StockCells columns;
  Ignore sink;
  if (st::wildberries::decode_seller_stock(std::string(text), asked, columns, sink)) {
    for (const std::int64_t amount : columns.on_hand) {
      if (amount < 0) std::abort();
    }
  }
  (void)st::wildberries::decode_warehouses(text, sink);
  return 0;
}
