// A page of 100,000 stock rows to validated columns, beside its physical limit: the same bytes through bare simdjson.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#define SIMDJSON_EXCEPTIONS 0
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include "adapters/wildberries/stock_page.hpp"

namespace st = stocktracker;

namespace {

constexpr std::size_t kRows = 100'000;

constexpr std::string_view kTowns[] = {"Коледино",   "Подольск",       "Электросталь", "Казань",  "Краснодар", "Невинномысск",
                                       "Тула",       "Екатеринбург",   "Новосибирск",  "Хабаровск", "Рязань",  "Котовск",
                                       "Волгоград",  "Санкт-Петербург", "Самара"};
constexpr std::string_view kRegions[] = {"Центральный", "Приволжский", "Южный + Северо-Кавказский", "Уральский",
                                         "Дальневосточный + Сибирский", "Северо-Западный"};

/// Eight to ten digit ids, 60 warehouses, mostly small quantities: what a large seller's page looks like.
std::string make_page() {
  std::uint64_t state = 20261123;
  const auto below = [&](std::uint64_t bound) {
    state += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return (z ^ (z >> 31)) % bound;
  };
  std::string page = R"({"data":{"items":[)";
  page.reserve(kRows * 220);
  for (std::size_t row = 0; row < kRows; ++row) {
    const std::uint64_t warehouse = below(60);
    if (row > 0) page += ',';
    page += R"({"nmId":)" + std::to_string(10'000'000 + below(900'000'000));
    page += R"(,"chrtId":)" + std::to_string(10'000'000 + below(2'000'000'000));
    page += R"(,"warehouseId":)" + std::to_string(warehouse % 3 == 0 ? 500 + warehouse : 200'000 + warehouse * 17);
    page += R"(,"warehouseName":")";
    page += kTowns[warehouse % std::size(kTowns)];
    if (warehouse >= std::size(kTowns)) page += " " + std::to_string(warehouse / std::size(kTowns));
    page += R"(","regionName":")";
    page += kRegions[warehouse % std::size(kRegions)];
    page += R"(","quantity":)" + std::to_string(below(10) == 0 ? below(5'000) : below(60));
    page += R"(,"inWayToClient":)" + std::to_string(below(40));
    page += R"(,"inWayFromClient":)" + std::to_string(below(12)) + '}';
  }
  page += "]}}";
  page.reserve(page.size() + simdjson::SIMDJSON_PADDING);
  return page;
}

std::string& page() {
  static std::string text = make_page();
  return text;
}

void report(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(page().size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kRows));
}

void BM_decode_stock_page(benchmark::State& state) {
  std::string& body = page();
  for (auto _ : state) {
    auto columns = st::wildberries::decode_stock_page(body);
    if (!columns || columns.value().rows() != kRows) std::abort();
    benchmark::DoNotOptimize(columns);
  }
  report(state);
}
BENCHMARK(BM_decode_stock_page)->Unit(benchmark::kMillisecond);

/// The limit: On-Demand reads the eight members in their order and adds them up; nothing is kept, nothing is checked
/// beyond what reading needs. The parser is reused, as its manual advises.
void BM_decode_bare_simdjson(benchmark::State& state) {
  std::string& body = page();
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    simdjson::ondemand::document document;
    if (parser.iterate(body.data(), body.size(), body.capacity()).get(document) != simdjson::SUCCESS) std::abort();
    simdjson::ondemand::array items;
    if (document["data"]["items"].get_array().get(items) != simdjson::SUCCESS) std::abort();
    std::int64_t sum = 0;
    std::uint64_t amounts = 0;
    std::size_t lengths = 0;
    for (auto item : items) {
      simdjson::ondemand::object row;
      if (item.get_object().get(row) != simdjson::SUCCESS) std::abort();
      std::int64_t id = 0;
      std::uint64_t amount = 0;
      std::string_view text;
      for (const char* name : {"nmId", "chrtId", "warehouseId"}) {
        if (row[name].get_int64().get(id) != simdjson::SUCCESS) std::abort();
        sum += id;
      }
      for (const char* name : {"warehouseName", "regionName"}) {
        if (row[name].get_string().get(text) != simdjson::SUCCESS) std::abort();
        lengths += text.size();
      }
      for (const char* name : {"quantity", "inWayToClient", "inWayFromClient"}) {
        if (row[name].get_uint64().get(amount) != simdjson::SUCCESS) std::abort();
        amounts += amount;
      }
    }
    benchmark::DoNotOptimize(sum);
    benchmark::DoNotOptimize(amounts);
    benchmark::DoNotOptimize(lengths);
  }
  report(state);
}
BENCHMARK(BM_decode_bare_simdjson)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
