// Card lists of Wildberries: any bytes end as offers or as an error.
#include <cstdint>

#include "adapters/wildberries/cards.hpp"
#include "adapters/wildberries/error_map.hpp"
#include "inventory/catalogue.hpp"
#include "tests/fuzz/answered.hpp"

namespace st = stocktracker;

namespace {

class Keep final : public st::OfferSink {
 public:
  st::Result<void> offers(std::span<const st::OfferRow> page) override {
    for (const st::OfferRow& row : page) catalogue_.add(row);
    return st::success();
  }

 private:
  st::inventory::Catalogue catalogue_;
};

}  // namespace

// Card pages, and the same bytes as an error's body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Keep sink;
  st::PageWatch watch("fuzz");
  (void)st::wildberries::decode_cards_page(std::string(text), sink, watch);
  answered::check(st::wildberries::errors(), answered::answer_of(text));
  return 0;
}
