// Wildberries answers of any size, as the marketplace writes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct Shape {
  int rows = 100'000;  // of the stock page: rows / warehouses_per_offer offers
  int warehouses_per_offer = 5;
  int warehouses = 60;
  int sizes_per_card = 4;
  int seller_warehouses = 1;
};

struct Payloads {
  std::vector<std::string> cards;  // pages of 100, the last one shorter
  std::string stock_page;
  std::string warehouses;
  struct SellerAnswer {
    std::int64_t warehouse;
    std::string body;
  };
  std::vector<SellerAnswer> seller_stock;  // up to 1,000 offers each
};

// The same shape gives the same bytes.
Payloads make_payloads(const Shape& shape);

}  // namespace bench
