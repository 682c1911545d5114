// Counts the instructions of the hot paths, which do not depend on the load of the machine. Only the function
// `measured_*` of each workload is counted; the preparation is outside.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/stocktracker.hpp>

#include "payload_transport.hpp"

namespace st = stocktracker;

namespace {

constexpr int kRows = 10'000;
constexpr int kChecks = 100'000;

class OnePage final : public st::HttpTransport {
 public:
  explicit OnePage(std::string body) : body_(std::move(body)) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest&, const st::CallContext&) override {
    if (body_.empty()) return st::HttpResponse{204, {}, ""};
    st::HttpResponse response{200, {}, std::move(body_)};
    body_.clear();
    return response;
  }

 private:
  std::string body_;
};

class Count final : public st::StockSink {
 public:
  st::Result<void> rows(st::StockPage&& page) override {
    seen += page.rows();
    return st::success();
  }
  void restart() override {}
  std::size_t seen = 0;
};

void demand(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" {

__attribute__((noinline)) void measured_decode(st::Connector& connector, Count& sink) {
  demand(connector.fetch_stock({.kind = st::StockKind::fbo}, sink, {}).has_value());
}

__attribute__((noinline)) void measured_sync(const st::Engine& engine, const st::AccountId& account) {
  const auto run = engine.sync().run(account);
  demand(run && run.value().state == st::RunState::ok);
}

__attribute__((noinline)) void measured_limiter(st::Quota& quota) {
  st::Instant now = st::Instant::from_seconds(1'795'300'000);
  int granted = 0;
  for (int n = 0; n < kChecks; ++n) {
    now = now + st::Duration(200'000);
    granted += quota.take(now, 1).granted ? 1 : 0;
  }
  demand(granted > 0);
}
}

namespace {

void decode() {
  auto payloads = bench::make_payloads({.rows = kRows});
  payloads.stock_page.reserve(payloads.stock_page.size() + st::kBodyPadding);
  auto transport = std::make_shared<OnePage>(std::move(payloads.stock_page));
  auto connector = st::wildberries::make_factory()
                       .value()
                       ->connect(st::wildberries::credentials(st::Secret::copy_of("t")),
                                 {transport, st::make_system_clock(), nullptr})
                       .value();
  Count sink;
  measured_decode(*connector, sink);
  demand(sink.seen == kRows);
}

// `changed`: a second run; one row in twenty of its answer differs.
void sync(bool changed) {
  auto payloads = bench::make_payloads({.rows = kRows});
  auto engine = st::open({.path = ":memory:",
                          .limits = st::LimitTable{},
                          .transport = bench::make_payload_transport(payloads),
                          .executor = st::make_inline_executor()})
                    .value();
  const auto account = engine.accounts().connect(st::wildberries::credentials(st::Secret::copy_of("t"))).value();
  if (changed) {
    demand(engine.sync().run(account.id).has_value());
    constexpr std::string_view kMember = "\"quantity\":";
    std::size_t row = 0;
    for (auto at = payloads.stock_page.find(kMember); at != std::string::npos;
         at = payloads.stock_page.find(kMember, at + 1)) {
      char& digit = payloads.stock_page[at + kMember.size()];
      if (row++ % 20 == 0) digit = digit == '7' ? '8' : '7';
    }
    demand(row == kRows);
  }
  measured_sync(engine, account.id);
}

void limiter() {
  st::QuotaTree tree(st::LimitTable::shipped());
  auto quota = tree.quota({"wildberries", "seller", "personal", "marketplace"}, "wildberries.seller_stock");
  measured_limiter(quota);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view workload = argc > 1 ? argv[1] : "";
  if (workload == "decode") {
    decode();
  } else if (workload == "persist") {
    sync(false);
  } else if (workload == "diff") {
    sync(true);
  } else if (workload == "limiter") {
    limiter();
  } else {
    std::fputs("usage: stk_instructions decode|persist|diff|limiter\n", stderr);
    return 2;
  }
  return 0;
}
