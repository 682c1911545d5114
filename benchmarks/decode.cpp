// Decoding a stock page of Wildberries, beside a bare simdjson pass over the same bytes.
#include <benchmark/benchmark.h>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>

#include "limits.hpp"

namespace {

namespace st = stocktracker;

const bench::Payloads& payloads() {
  static const bench::Payloads all = bench::make_payloads({});
  return all;
}

// Moves its body out once, so that the benchmark measures decoding without copying.
class OneBody final : public st::HttpTransport {
 public:
  std::string body;
  st::Result<st::HttpResponse> send(const st::HttpRequest&, const st::CallContext&) override {
    if (body.empty()) return st::HttpResponse{204, {}, ""};  // there is one page
    st::HttpResponse response{200, {}, std::move(body)};
    body.clear();
    return response;
  }
};

class Keep final : public st::StockSink {
 public:
  st::Result<void> rows(st::StockPage&& page) override {
    columns = std::move(page);
    return st::success();
  }
  void restart() override {}
  st::StockPage columns;
};

std::string padded_copy(const std::string& text) {
  std::string copy;
  copy.reserve(text.size() + st::kBodyPadding);
  copy = text;
  return copy;
}

void decode_limit(benchmark::State& state) {
  const std::string body = padded_copy(payloads().stock_page);
  for (auto _ : state) benchmark::DoNotOptimize(bench::bare_stock_pass(body));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(decode_limit)->Unit(benchmark::kMillisecond);

void decode(benchmark::State& state) {
  auto transport = std::make_shared<OneBody>();
  auto factory = st::wildberries::make_factory().value();
  auto connector = factory
                       ->connect(st::wildberries::credentials(st::Secret::copy_of("t")),
                                 {transport, st::make_system_clock(), nullptr})
                       .value();
  for (auto _ : state) {
    state.PauseTiming();
    transport->body = padded_copy(payloads().stock_page);
    Keep sink;
    state.ResumeTiming();
    const auto fetched = connector->fetch_stock({.kind = st::StockKind::fbo}, sink, {});
    if (!fetched || sink.columns.rows() != 100'000) state.SkipWithError("not decoded");
    state.PauseTiming();
    sink.columns = {};
    state.ResumeTiming();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(payloads().stock_page.size()));
}
BENCHMARK(decode)->Unit(benchmark::kMillisecond);

}  // namespace
