// A seller of the world, connected to an engine: what most engine tests begin with.
#pragma once

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/support/catch.hpp"

// Answers itself where `fault` says so, otherwise passes on.
class FaultyTransport final : public stocktracker::HttpTransport {
 public:
  explicit FaultyTransport(std::shared_ptr<stocktracker::HttpTransport> next) : next_(std::move(next)) {}
  stocktracker::Result<stocktracker::HttpResponse> send(const stocktracker::HttpRequest& request,
                                                        const stocktracker::CallContext& context) override {
    if (before_send) before_send();
    if (!url_part.empty() && request.url.find(url_part) != std::string::npos) {
      // A report that is answered has an end.
      const bool second_page = request.body.find("\"offset\":") != std::string::npos &&
                               request.body.find("\"offset\":0") == std::string::npos;
      if (second_page && answer && answer.value().status == 200) return stocktracker::HttpResponse{204, {}, ""};
      return answer;
    }
    return next_->send(request, context);
  }
  void fail(std::string part, stocktracker::Result<stocktracker::HttpResponse> with) {
    url_part = std::move(part);
    answer = std::move(with);
  }
  void heal() { url_part.clear(); }

  std::string url_part;
  stocktracker::Result<stocktracker::HttpResponse> answer = stocktracker::Errc::connect_failed;
  void (*before_send)() = nullptr;

 private:
  std::shared_ptr<stocktracker::HttpTransport> next_;
};

struct Shop {
  explicit Shop(stocktracker::testing::WorldOptions options = {.seed = 5, .offers = 80},
                const std::string& path = ":memory:", const stocktracker::testing::WildberriesToken& token = {})
      : world(options),
        transport(std::make_shared<FaultyTransport>(world.transport())),
        engine(stocktracker::open({.path = path,
                                   .limits = stocktracker::LimitTable{},  // time stands still unless a test moves it
                                   .transport = transport,
                                   .clock = world.clock(),
                                   .random = std::make_shared<stocktracker::testing::SeededRandom>(options.seed),
                                   .executor = stocktracker::make_inline_executor()})
                   .value()),
        account(
            engine.accounts()
                .connect(stocktracker::wildberries::credentials(world.token(stocktracker::Channel::wildberries, token)))
                .value()) {}

  stocktracker::SyncRun sync(const stocktracker::SyncOptions& options = {}) {
    return engine.sync().run(account.id, options).value();
  }
  [[nodiscard]] std::int64_t total() const { return engine.stock().total(account.id).value().on_hand.units(); }
  [[nodiscard]] std::int64_t truth() const { return world.true_total(stocktracker::Channel::wildberries); }
  [[nodiscard]] std::vector<stocktracker::StockPosition> positions(stocktracker::PositionQuery query = {}) const {
    query.account = account.id;
    return engine.stock().positions(query).collect().value();
  }
  // Everything that is stored of positions, as one text.
  [[nodiscard]] std::string picture(const stocktracker::PositionQuery& query = {}) const {
    std::string text;
    for (const auto& p : positions(query)) {
      text += p.offer.key + "@" + p.warehouse.key + "=" + (p.on_hand ? std::to_string(p.on_hand->units()) : "?") +
              to_string(p.state) + "\n";
    }
    return text;
  }
  void check_ledger() const {
    const auto check = engine.ledger().verify().value();
    CHECK(check.broken == 0);
    for (const auto& fault : check.faults) CHECK(fault == "");
  }

  stocktracker::testing::World world;
  std::shared_ptr<FaultyTransport> transport;
  stocktracker::Engine engine;
  stocktracker::Account account;
};

inline const stocktracker::SourceOutcome& source(const stocktracker::SyncRun& run, const std::string& name) {
  for (const auto& outcome : run.sources) {
    if (outcome.name.starts_with(name)) return outcome;
  }
  FAIL("no source " << name);
  throw 0;
}
