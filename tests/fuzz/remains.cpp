// The report on remains: any bytes end as rows that hold together, or as an error.
#include <array>
#include <cstdlib>

#include "adapters/wildberries/remains.hpp"

namespace st = stocktracker;

namespace {

class Ignore final : public st::AnswerSink {};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static st::wildberries::Barcodes* barcodes = [] {
    auto* made = new st::wildberries::Barcodes;
    static const std::array<std::string_view, 2> codes{"007", "8"};
    st::OfferRow row;
    row.key = "11";
    row.listing = "1";
    row.barcodes = codes;
    made->begin();
    made->add({&row, 1});
    made->finish();
    return made;
  }();
  std::string note;
  Ignore sink;
  const auto columns =
      st::wildberries::decode_remains({reinterpret_cast<const char*>(data), size}, *barcodes, note, sink);
  if (!columns) {
    if (columns.error().kind() != st::ErrorKind::protocol) std::abort();
    return 0;
  }
  const auto& c = columns.value();
  if (c.offer.size() != c.rows() || c.warehouse.size() != c.rows() || c.listing.size() != c.rows()) std::abort();
  for (std::size_t row = 0; row < c.rows(); ++row) {
    if (c.on_hand[row] < 0 || c.warehouse[row] >= c.warehouses.size() || c.offer.number(row) != 11) std::abort();
  }
  return 0;
}
