// make_payloads DIR [ROWS]: writes answers for sync_files.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "payloads.hpp"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: make_payloads DIR [ROWS]\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  bench::Shape shape;
  if (argc > 2) shape.rows = std::atoi(argv[2]);
  const auto payloads = bench::make_payloads(shape);
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& name, const std::string& body) {
    std::ofstream(folder / name, std::ios::binary) << body;
  };
  for (std::size_t page = 0; page < payloads.cards.size(); ++page) {
    write("cards-" + std::to_string(10'000 + page) + ".json", payloads.cards[page]);
  }
  write("stock-page.json", payloads.stock_page);
  write("warehouses.json", payloads.warehouses);
  for (std::size_t i = 0; i < payloads.seller_stock.size(); ++i) {
    write("fbs-" + std::to_string(payloads.seller_stock[i].warehouse) + "-" + std::to_string(10'000 + i) + ".json",
          payloads.seller_stock[i].body);
  }
  std::printf("stock page %zu bytes, %zu pages of cards, %zu seller answers\n", payloads.stock_page.size(),
              payloads.cards.size(), payloads.seller_stock.size());
  return 0;
}
