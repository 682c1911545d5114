// Stock pages of Wildberries: any bytes end as rows or as an error.
#include <cstdint>
#include <cstdlib>

#include "adapters/wildberries/stock_page.hpp"
#include "inventory/snapshot.hpp"
#include "json/array_rows.hpp"

namespace st = stocktracker;

namespace {

class Ignore final : public st::AnswerSink {};

constexpr std::string_view kPath[]{"data", "items"};
constexpr st::json::Field kFields[]{{"chrtId", st::json::FieldType::integer, true}};

// The sum of ids, or -1 for a refusal.
std::int64_t sum_of(std::string body, std::size_t window) {
  std::uint64_t sum = 0;
  const auto rows = st::json::read_rows(
      body, kPath, kFields,
      [&](std::span<const st::json::Cell> cells) -> st::Result<void> {
        sum += static_cast<std::uint64_t>(cells[0].integer);
        return st::success();
      },
      window);
  return rows ? static_cast<std::int64_t>(sum >> 1) : -1;
}

}  // namespace

// A page is decoded or refused, valid columns come out, and windows of any size that accept a page read the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::string body = text;
  Ignore sink;
  if (const auto page = st::wildberries::decode_stock_page(body, sink)) {
    const auto& columns = page.value().columns;
    if (columns.rows() > page.value().rows) std::abort();
    for (std::size_t row = 0; row < columns.rows(); ++row) {
      if (columns.on_hand[row] < 0 || columns.warehouse[row] >= columns.warehouses.size()) std::abort();
    }
    (void)st::inventory::digest_of(columns, {});
  }
  if (body != text) std::abort();
  // A window may refuse what a larger one would still have read; two that accept must have read the same.
  const std::int64_t small = sum_of(text, 24);
  const std::int64_t complete = sum_of(text, st::json::kDefaultWindow);
  if (small >= 0 && complete >= 0 && small != complete) std::abort();
  return 0;
}
