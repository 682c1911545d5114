// The FBO report of Wildberries: when it is complete, and when it is read again.
#include "adapters/wildberries/fbo_report.hpp"
#include "marketplace/stock_cells.hpp"

#include <stocktracker/testing/manual_clock.hpp>

#include <map>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

std::string row(int chrt, int warehouse, int quantity) {
  return R"({"nmId":1,"chrtId":)" + std::to_string(chrt) + R"(,"warehouseId":)" + std::to_string(warehouse) +
         R"(,"warehouseName":"n","regionName":"r","quantity":)" + std::to_string(quantity) + "}";
}

// A server of some rows: caps its pages, begins them early, or both.
class Server final : public st::HttpTransport {
 public:
  std::vector<std::string> rows;
  std::size_t cap = 250'000;
  std::size_t repeat = 0;
  int requests = 0;
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    ++requests;
    std::size_t from = std::stoul(request.body.substr(request.body.find("offset\":") + 8));
    from = std::min(from, rows.size());
    from -= std::min(from, repeat);
    const std::size_t to = std::min(rows.size(), from + cap);
    if (from == to) return st::HttpResponse{204, {}, ""};
    std::string body = R"({"data":{"items":[)";
    for (std::size_t n = from; n < to; ++n) body += (n == from ? "" : ",") + rows[n];
    return st::HttpResponse{200, {}, body + "]}}"};
  }
};

class Memory final : public st::AccountMemory {
 public:
  st::Result<std::string> get(std::string_view name, const st::CallContext&) override {
    return kept[std::string(name)];
  }
  st::Result<void> set(std::string_view name, std::string_view value, const st::CallContext&) override {
    kept[std::string(name)] = value;
    return st::success();
  }
  std::map<std::string, std::string> kept;
};

class Sum final : public st::StockSink {
 public:
  st::Result<void> rows(st::StockPage&& given) override {
    const st::StockCells& page = given.cells();
    for (const auto units : page.on_hand) total += units;
    return st::success();
  }
  void restart() override { total = 0; }
  std::int64_t total = 0;
};

struct Reading {
  std::shared_ptr<Server> server = std::make_shared<Server>();
  std::shared_ptr<Memory> memory = std::make_shared<Memory>();
  Sum sum;
  st::Result<void> read() {
    sum.total = 0;
    server->requests = 0;
    const st::wildberries::Calls calls({}, {server, std::make_shared<st::testing::ManualClock>(), nullptr, memory});
    return st::wildberries::fetch_fbo_report(calls, sum, {});
  }
};

}  // namespace

TEST_CASE("an answer is complete if an empty page ended it, or if it is no smaller than the last complete one") {
  Reading reading;
  for (int n = 1; n <= 30; ++n) reading.server->rows.push_back(row(n, 5, n));
  REQUIRE(reading.read());
  CHECK(reading.server->requests == 2);  // nothing is known yet: asked for more, there is none
  CHECK(reading.sum.total == 465);
  REQUIRE(reading.read());
  CHECK(reading.server->requests == 1);
  reading.server->rows.push_back(row(31, 5, 1));
  REQUIRE(reading.read());
  CHECK(reading.server->requests == 1);
  reading.server->rows.pop_back();
  REQUIRE(reading.read());
  CHECK(reading.server->requests == 2);  // fewer than before: are they all?
  CHECK(reading.sum.total == 465);
  CHECK(reading.memory->kept["fbo_rows"] == "30");
}

TEST_CASE("a server that cuts its pages loses nobody's stock") {
  for (const std::size_t cap : {1U, 7U, 15U, 29U}) {
    Reading reading;
    for (int n = 1; n <= 30; ++n) reading.server->rows.push_back(row(n, 5, n));
    REQUIRE(reading.read());
    reading.server->cap = cap;
    REQUIRE(reading.read());
    CHECK(reading.sum.total == 465);
    CHECK(reading.server->requests == static_cast<int>((30 + cap - 1) / cap) + 1);
  }
  // A thousand rows on the dot smell of a cap, also when there were fewer before.
  Reading reading;
  for (int n = 1; n <= 900; ++n) reading.server->rows.push_back(row(n, 5, 1));
  REQUIRE(reading.read());
  for (int n = 901; n <= 2'500; ++n) reading.server->rows.push_back(row(n, 5, 1));
  reading.server->cap = 1'000;
  REQUIRE(reading.read());
  CHECK(reading.sum.total == 2'500);
}

TEST_CASE("rows that come twice over a page border are no stock, and no answer") {
  for (const int warehouse : {5, -999'999}) {
    Reading reading;
    for (int n = 1; n <= 30; ++n) reading.server->rows.push_back(row(n, warehouse, n));
    reading.server->cap = 10;
    reading.server->repeat = 3;
    const auto read = reading.read();
    REQUIRE_FALSE(read);
    CHECK(read.error().errc() == st::Errc::vendor_rebuilt);
    CHECK(read.error().retryable());
    reading.server->repeat = 0;
    REQUIRE(reading.read());
    CHECK(reading.sum.total == 465);
  }
  // Hidden warehouses may name an offer again: that is more stock, not the same.
  Reading reading;
  for (int n = 1; n <= 10; ++n) reading.server->rows.push_back(row(n, -999'999, 1));
  for (int n = 1; n <= 10; ++n) reading.server->rows.push_back(row(n, -999'999, 2));
  reading.server->cap = 10;
  REQUIRE(reading.read());
  CHECK(reading.sum.total == 30);
}

TEST_CASE("a row that comes again two pages later is found as one on the next page is") {
  for (const std::size_t again : {15U, 25U}) {
    CAPTURE(again);
    Reading reading;
    for (int n = 1; n <= 30; ++n) reading.server->rows.push_back(row(n, 5, n));
    reading.server->rows[again] = reading.server->rows[4];
    reading.server->cap = 10;
    const auto read = reading.read();
    REQUIRE_FALSE(read);
    CHECK(read.error().errc() == st::Errc::vendor_rebuilt);
  }
}
