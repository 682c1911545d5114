// Reading an account end to end: a connector over a transport of the test, and a sink that keeps all that came.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "marketplace/stock_cells.hpp"
#include "tests/support/catch.hpp"

namespace reading {

namespace st = stocktracker;

// Answers by a function of the test, and keeps what was asked.
class Answering final : public st::HttpTransport {
 public:
  std::function<st::Result<st::HttpResponse>(const st::HttpRequest&)> answer;
  std::vector<std::string> bodies{};
  std::vector<std::string> urls{};
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    if (context.stop.stop_requested()) return st::Errc::cancelled;
    bodies.push_back(request.body);
    urls.push_back(request.url);
    STK_TRY(auto response, answer(request));
    response.body.reserve(response.body.size() + st::kBodyPadding);
    return response;
  }
};

class Memory final : public st::AccountMemory {
 public:
  st::Result<std::string> get(std::string_view name, const st::CallContext&) override {
    return kept[std::string(name)];
  }
  st::Result<void> set(std::string_view name, std::string_view value, const st::CallContext& context) override {
    STK_TRY(context.check(clock->now()));
    kept[std::string(name)] = value;
    return st::success();
  }
  std::map<std::string, std::string> kept;
  std::shared_ptr<st::testing::ManualClock> clock;
};

class Collect final : public st::OfferSink,
                      public st::StockSink,
                      public st::WarehouseSink,
                      public st::OrderSink,
                      public st::PriceSink {
 public:
  st::Result<void> offers(std::span<const st::OfferRow> page) override {
    for (const auto& row : page) seen.emplace_back(row.key);
    return st::success();
  }
  st::Result<void> rows(st::StockPage&& given) override {
    const st::StockCells& page = given.cells();
    for (std::size_t i = 0; i < page.rows(); ++i)
      seen.push_back(page.offer.to_text(i) + "=" + std::to_string(page.on_hand[i]));
    return st::success();
  }
  st::Result<void> warehouses(std::span<const st::WarehouseRow> page) override {
    for (const auto& row : page) seen.emplace_back(row.key);
    return st::success();
  }
  st::Result<void> lines(std::span<const st::OrderLineRow> page) override {
    for (const auto& row : page) seen.push_back(std::string(row.key) + " " + st::to_string(row.status));
    return st::success();
  }
  st::Result<void> prices(std::span<const st::PriceRow> page) override {
    for (const auto& row : page) {
      seen.push_back(std::string(row.offer) + "=" + row.price.text());
      by_offer[std::string(row.offer)] = row.price.text();
    }
    return st::success();
  }
  void odd_row(const st::OddRow& row) override {
    odd.push_back((row.kind == st::RowOddity::oversold ? "oversold " : "") + std::string(row.location) + " " +
                  std::string(row.key) + " " + std::string(row.reason));
  }
  void restart() override { seen.clear(); }
  void speaks_of(st::Instant at) override { spoken_of = at; }

  std::vector<std::string> seen;
  std::map<std::string, std::string> by_offer;
  std::vector<std::string> odd;
  std::optional<st::Instant> spoken_of;
};

struct Account {
  std::shared_ptr<Answering> transport = std::make_shared<Answering>();
  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  std::shared_ptr<Memory> memory = std::make_shared<Memory>();
  Account() { memory->clock = clock; }

  std::shared_ptr<st::Connector> connector(st::wildberries::Options options = {}) const {
    return st::wildberries::make_factory(std::move(options))
        .value()
        ->connect(st::wildberries::credentials(st::Secret::copy_of("token")),
                  {transport, clock, std::make_shared<st::Telemetry>(), memory})
        .value();
  }
  // Each request gets the next of the bodies, and then 204.
  void answers(std::vector<std::string> all) const {
    transport->answer = [all = std::move(all), at = std::size_t{0}](const st::HttpRequest&) mutable {
      return at < all.size() ? st::HttpResponse{200, {}, all[at++]} : st::HttpResponse{204, {}, ""};
    };
  }
};

enum class List { cards, warehouses, fbo, fbs, orders, prices };
inline constexpr List kLists[]{List::cards, List::warehouses, List::fbo, List::fbs, List::orders, List::prices};

inline st::Result<void> read(st::Connector& connector, List list, Collect& sink, const st::CallContext& context = {}) {
  static const std::vector<std::string> kAsked{"1", "2"};
  switch (list) {
    case List::cards:
      return connector.list_offers(sink, context);
    case List::warehouses:
      return connector.list_warehouses(sink, context);
    case List::fbo:
      return connector.fetch_stock({.kind = st::StockKind::fbo}, sink, context);
    case List::fbs:
      return connector.fetch_stock({st::StockKind::fbs, "77", "W", kAsked}, sink, context);
    case List::orders: {
      STK_TRY(connector.fetch_orders({}, sink, context));
      return st::success();
    }
    case List::prices:
      return connector.fetch_prices(sink, context);
  }
  return st::Errc::internal;
}

}  // namespace reading
