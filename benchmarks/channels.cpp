// Stock answers of Ozon and Yandex Market beside a bare pass over the same bytes, and a year of the world.
#include <benchmark/benchmark.h>

#include <simdjson.h>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/testing/world.hpp>

#include "limits.hpp"

namespace {

namespace st = stocktracker;
namespace ondemand = simdjson::ondemand;

// As the APIs send them: 1,000 rows of Ozon's, 100 offers in 8 warehouses of Yandex Market's.
constexpr int kPages = 5;
constexpr int kOzonRows = 1'000;
constexpr int kOffers = 100;
constexpr int kWarehouses = 8;

std::string padded_copy(const std::string& text) {
  std::string copy;
  copy.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  copy = text;
  return copy;
}

std::string article(int n) { return "ART-" + std::to_string(100'000 + n); }

const std::vector<std::string>& ozon_pages() {
  static const std::vector<std::string> pages = [] {
    std::vector<std::string> all(kPages);
    for (int page = 0; page < kPages; ++page) {
      st::JsonWriter json(all[static_cast<std::size_t>(page)]);
      json.begin_object().field("cursor", "c" + std::to_string(page)).field("has_next", page + 1 < kPages);
      json.key("products").begin_array();
      for (int n = page * kOzonRows; n < (page + 1) * kOzonRows; ++n) {
        json.begin_object().field("sku", 1'150'000'000LL + n / 8).field("offer_id", article(n / 8));
        json.field("product_id", 310'000'000LL + n / 8).field("warehouse_id", 1'020'000'039'316'000LL + n % 8);
        json.field("present", n % 97 + 7).field("reserved", n % 7).end_object();
      }
      json.end_array().end_object();
    }
    return all;
  }();
  return pages;
}

const std::vector<std::string>& market_pages() {
  static const std::vector<std::string> pages = [] {
    std::vector<std::string> all(kPages);
    for (int page = 0; page < kPages; ++page) {
      st::JsonWriter json(all[static_cast<std::size_t>(page)]);
      json.begin_object().field("status", "OK").key("result").begin_object().key("paging").begin_object();
      if (page + 1 < kPages) json.field("nextPageToken", "n" + std::to_string(page));
      json.end_object().key("warehouses").begin_array();
      for (int warehouse = 0; warehouse < kWarehouses; ++warehouse) {
        json.begin_object().field("warehouseId", 147 + warehouse).key("offers").begin_array();
        for (int n = page * kOffers; n < (page + 1) * kOffers; ++n) {
          json.begin_object().field("offerId", article(n)).key("stocks").begin_array();
          json.begin_object().field("type", "FIT").field("count", n % 97 + 3).end_object();
          json.begin_object().field("type", "FREEZE").field("count", 3).end_object();
          json.begin_object().field("type", "AVAILABLE").field("count", n % 97).end_object();
          json.end_array().field("updatedAt", "2026-11-20T10:15:30+03:00").end_object();
        }
        json.end_array().end_object();
      }
      json.end_array().end_object().end_object();
    }
    return all;
  }();
  return pages;
}

std::int64_t bytes_of(const std::vector<std::string>& pages) {
  std::size_t all = 0;
  for (const std::string& page : pages) all += page.size();
  return static_cast<std::int64_t>(all);
}

std::vector<std::string> padded(const std::vector<std::string>& pages) {
  std::vector<std::string> copies;
  for (const std::string& page : pages) copies.push_back(padded_copy(page));
  return copies;
}

// Answers small requests itself and stock requests with the pages, each of which it moves out.
class Answers final : public st::HttpTransport {
 public:
  std::vector<std::string> pages;
  std::size_t next = 0;
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    st::HttpResponse response{200, {}, ""};
    const auto asks = [&](std::string_view part) { return request.url.find(part) != std::string::npos; };
    if (asks("/v3/product/list")) {
      response.body = R"({"result":{"items":[{"product_id":1,"offer_id":"a"}],"last_id":""}})";
    } else if (asks("/v1/warehouse/ozon/list")) {
      response.body = R"({"warehouses":[]})";
    } else if (asks("/v2/campaigns?")) {
      response.body = R"({"campaigns":[{"id":1,"business":{"id":2,"name":"b"},"placementType":"FBY"}],"paging":{}})";
    } else if (asks("/v2/warehouses")) {
      response.body = R"({"result":{"warehouses":[]}})";
    } else {
      response.body = std::move(pages[next++]);
    }
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

void decode_of(benchmark::State& state, st::ConnectorFactory& factory, const st::Credentials& credentials,
               const std::vector<std::string>& pages, std::size_t rows) {
  auto transport = std::make_shared<Answers>();
  auto connector = factory.connect(credentials, {transport, st::make_system_clock(), nullptr}).value();
  for (auto _ : state) {
    state.PauseTiming();
    transport->pages = padded(pages);
    transport->next = 0;
    Keep sink;
    state.ResumeTiming();
    const auto fetched = connector->fetch_stock({.kind = st::StockKind::fbo}, sink, {});
    if (!fetched || sink.columns.rows() != rows) state.SkipWithError("not decoded");
    state.PauseTiming();
    sink.columns = {};
    state.ResumeTiming();
  }
  state.SetBytesProcessed(state.iterations() * bytes_of(pages));
}

void decode_ozon_limit(benchmark::State& state) {
  const auto pages = padded(ozon_pages());
  static ondemand::parser parser;
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (const std::string& body : pages) {
      auto document = parser.iterate(body.data(), body.size(), body.size() + simdjson::SIMDJSON_PADDING);
      for (auto item : document["products"]) {
        auto row = item.get_object();
        sum += std::string_view(row["offer_id"].get_string()).size();
        sum += static_cast<std::uint64_t>(std::int64_t(row["product_id"].get_int64()));
        sum += static_cast<std::uint64_t>(std::int64_t(row["warehouse_id"].get_int64()));
        sum += static_cast<std::uint64_t>(std::int64_t(row["present"].get_int64()));
        sum += static_cast<std::uint64_t>(std::int64_t(row["reserved"].get_int64()));
      }
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetBytesProcessed(state.iterations() * bytes_of(pages));
}
BENCHMARK(decode_ozon_limit)->Unit(benchmark::kMillisecond);

void decode_ozon(benchmark::State& state) {
  auto factory = st::ozon::make_factory().value();
  decode_of(state, *factory, st::ozon::credentials("1", st::Secret::copy_of("k")), ozon_pages(), kPages * kOzonRows);
}
BENCHMARK(decode_ozon)->Unit(benchmark::kMillisecond);

void decode_market_limit(benchmark::State& state) {
  const auto pages = padded(market_pages());
  static ondemand::parser parser;
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (const std::string& body : pages) {
      auto document = parser.iterate(body.data(), body.size(), body.size() + simdjson::SIMDJSON_PADDING);
      for (auto warehouse : document["result"]["warehouses"]) {
        auto place = warehouse.get_object();
        sum += static_cast<std::uint64_t>(std::int64_t(place["warehouseId"].get_int64()));
        for (auto offer : place["offers"]) {
          auto row = offer.get_object();
          sum += std::string_view(row["offerId"].get_string()).size();
          for (auto stock : row["stocks"]) {
            auto kind = stock.get_object();
            sum += std::string_view(kind["type"].get_string()).size();
            sum += static_cast<std::uint64_t>(std::int64_t(kind["count"].get_int64()));
          }
        }
      }
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetBytesProcessed(state.iterations() * bytes_of(pages));
}
BENCHMARK(decode_market_limit)->Unit(benchmark::kMillisecond);

void decode_market(benchmark::State& state) {
  auto factory = st::yandex_market::make_factory().value();
  decode_of(state, *factory, st::yandex_market::credentials(st::Secret::copy_of("k")), market_pages(),
            kPages * kOffers * kWarehouses);
}
BENCHMARK(decode_market)->Unit(benchmark::kMillisecond);

// Commerce, refreshes and limits of a year: 1,000 SKUs on three channels, each marketplace asked every half hour.
void world_year(benchmark::State& state) {
  using namespace std::chrono_literals;
  for (auto _ : state) {
    st::testing::World world({.seed = 1,
                              .offers = 1'000,
                              .limits = true,
                              .channels = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market}});
    const auto ask = [&](st::HttpMethod method, const char* path, std::vector<std::string> headers,
                         st::Channel channel) {
      st::HttpRequest request;
      request.method = method;
      request.url = "https://x.example" + std::string(path);
      for (std::string& name : headers) {
        request.secret_headers.push_back(
            {name, name == "Client-Id" ? st::Secret(world.seller(channel)) : world.token(channel)});
      }
      if (world.answer(request).response.status != 200) state.SkipWithError("refused");
    };
    for (int half_hour = 0; half_hour < 2 * 24 * 365; ++half_hour) {
      world.clock()->advance(30min);
      ask(st::HttpMethod::get, "/api/v3/warehouses", {"Authorization"}, st::Channel::wildberries);
      ask(st::HttpMethod::post, "/v1/seller/info", {"Client-Id", "Api-Key"}, st::Channel::ozon);
      ask(st::HttpMethod::get, "/v2/campaigns", {"Api-Key"}, st::Channel::yandex_market);
    }
    state.counters["orders"] = static_cast<double>(world.orders());
  }
}
BENCHMARK(world_year)->Iterations(1);

}  // namespace
