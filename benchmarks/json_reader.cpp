// The public reader of JSON over a stock page of Wildberries, beside simdjson's own tree of the same bytes.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <stocktracker/core/json_reader.hpp>

#include "payloads.hpp"

namespace {

namespace st = stocktracker;
namespace dom = simdjson::dom;

const std::string& body() {
  static const std::string page = bench::make_payloads({}).stock_page;
  return page;
}

std::int64_t sum_of(const st::JsonValue& value) {
  std::int64_t sum = 0;
  if (value.type() == st::JsonType::array) {
    const auto items = value.array().value();
    for (const st::JsonValue item : items) sum += sum_of(item);
  } else if (value.type() == st::JsonType::object) {
    const auto members = value.object().value();
    for (const st::JsonMember member : members) sum += sum_of(member.value);
  } else if (value.type() == st::JsonType::number) {
    sum += value.integer().value();
  }
  return sum;
}

std::int64_t sum_of(const dom::element& value) {
  std::int64_t sum = 0;
  dom::array items;
  dom::object members;
  std::int64_t number = 0;
  if (value.get_array().get(items) == simdjson::SUCCESS) {
    for (const dom::element item : items) sum += sum_of(item);
  } else if (value.get_object().get(members) == simdjson::SUCCESS) {
    for (const dom::key_value_pair member : members) sum += sum_of(member.value);
  } else if (value.get_int64().get(number) == simdjson::SUCCESS) {
    sum += number;
  }
  return sum;
}

std::int64_t expected() {
  dom::parser parser;
  dom::element root;
  return parser.parse(body()).get(root) == simdjson::SUCCESS ? sum_of(root) : -1;
}

/// Both make their memory anew, as for a body that comes alone.
void json_reader_limit(benchmark::State& state) {
  for (auto _ : state) {
    dom::parser parser;
    dom::element root;
    if (parser.parse(body()).get(root) != simdjson::SUCCESS) state.SkipWithError("not read");
    benchmark::DoNotOptimize(sum_of(root));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body().size()));
}
BENCHMARK(json_reader_limit)->Unit(benchmark::kMillisecond);

void json_reader(benchmark::State& state) {
  const std::int64_t sum = expected();
  for (auto _ : state) {
    const auto document = st::JsonDocument::parse(body(), {.max_bytes = body().size()});
    if (!document || sum_of(document.value().root()) != sum) state.SkipWithError("not read");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body().size()));
}
BENCHMARK(json_reader)->Unit(benchmark::kMillisecond);

}  // namespace
