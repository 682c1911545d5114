// Matching the offers of two accounts, beside looking up every text once.
#include <benchmark/benchmark.h>

#include <string_view>
#include <unordered_map>

#include <stocktracker/inventory/offer_match.hpp>

namespace {

namespace st = stocktracker;

constexpr int kEach = 100'000;

// Two accounts; a third of their offers have one placeholder barcode. Matching must not make every pair a candidate.
const std::vector<st::MatchOffer>& offers() {
  static const std::vector<st::MatchOffer> made = [] {
    std::vector<st::MatchOffer> all;
    all.reserve(2 * kEach);
    for (const char* account : {"01930000-0000-7000-8000-00000000000a", "01930000-0000-7000-8000-00000000000b"}) {
      const auto id = st::AccountId::parse(account).value();
      for (int n = 0; n < kEach; ++n) {
        const std::string name = std::to_string(n);
        all.push_back({id, name, account + name, "title", {n % 3 == 0 ? "0000000000000" : "46" + name}, {}});
      }
    }
    return all;
  }();
  return made;
}

// Looks up every text once: the least cost of finding equal texts.
void matching_limit(benchmark::State& state) {
  for (auto _ : state) {
    std::unordered_map<std::string_view, std::size_t> barcodes;
    std::unordered_map<std::string_view, std::size_t> articles;
    for (const st::MatchOffer& offer : offers()) {
      for (const std::string& code : offer.barcodes) ++barcodes[code];
      ++articles[offer.article];
    }
    benchmark::DoNotOptimize(barcodes.size() + articles.size());
  }
  state.SetItemsProcessed(state.iterations() * 2 * kEach);
}
BENCHMARK(matching_limit)->Unit(benchmark::kMillisecond);

void matching(benchmark::State& state) {
  for (auto _ : state) {
    const auto matches = st::match_offers(offers());
    if (matches.products.size() < kEach / 2) state.SkipWithError("wrong products");
  }
  state.SetItemsProcessed(state.iterations() * 2 * kEach);
}
BENCHMARK(matching)->Unit(benchmark::kMillisecond);

}  // namespace
