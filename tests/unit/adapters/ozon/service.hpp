// An Ozon that a test scripts, a connector to it, and sinks that keep what they get.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "marketplace/stock_cells.hpp"
#include "tests/support/catch.hpp"

namespace ozon_test {

namespace st = stocktracker;

/// Answers by a function of the request; each answer takes `latency`, and carries a Date unless it is silent.
class Service final : public st::HttpTransport {
 public:
  using Answer = std::function<st::HttpResponse(const st::HttpRequest&)>;
  explicit Service(Answer answer) : answer_(std::move(answer)) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    requests.emplace_back(request.url.substr(request.url.find("/v")), request.body);
    clock->advance(latency);
    st::HttpResponse response = answer_(request);
    if (!date.empty()) response.headers.push_back({"Date", date});
    response.body.reserve(response.body.size() + st::kBodyPadding);
    return response;
  }
  [[nodiscard]] std::size_t asked(std::string_view path) const {
    std::size_t count = 0;
    for (const auto& [url, body] : requests) count += url == path ? 1 : 0;
    return count;
  }

  std::shared_ptr<st::testing::ManualClock> clock =
      std::make_shared<st::testing::ManualClock>(st::Instant::from_seconds(1'795'651'200));  // 2026-11-26T00:00:00Z
  st::Duration latency{};
  std::string date = "Thu, 26 Nov 2026 00:00:00 GMT";
  std::vector<std::pair<std::string, std::string>> requests;

 private:
  Answer answer_;
};

/// The same bodies by path; everything else is an empty object.
inline Service::Answer bodies(std::map<std::string, std::string> by_path) {
  return [by_path = std::move(by_path)](const st::HttpRequest& request) -> st::HttpResponse {
    const auto found = by_path.find(request.url.substr(request.url.find("/v")));
    return {200, {}, found == by_path.end() ? "{}" : found->second};
  };
}

class Memory final : public st::AccountMemory {
 public:
  st::Result<std::string> get(std::string_view name, const st::CallContext&) override {
    return texts[std::string(name)];
  }
  st::Result<void> set(std::string_view name, std::string_view value, const st::CallContext&) override {
    texts[std::string(name)] = value;
    return st::success();
  }
  std::map<std::string, std::string> texts;
};

inline std::shared_ptr<st::Connector> connect(const std::shared_ptr<Service>& service,
                                              std::shared_ptr<Memory> memory = {}, st::ozon::Options options = {}) {
  return st::ozon::make_factory(options)
      .value()
      ->connect(st::ozon::credentials("123", st::Secret::copy_of("key-1")),
                {service, service->clock, std::make_shared<st::Telemetry>(), std::move(memory)})
      .value();
}

/// Odd rows as "place: reason (key)".
class Odd {
 public:
  void add(const st::OddRow& row) {
    rows.push_back(std::string(row.location).append(": ").append(row.reason).append(" (").append(row.key).append(")"));
    if (row.kind == st::RowOddity::oversold) ++oversold;
  }
  std::vector<std::string> rows;
  std::size_t oversold = 0;
};

class Stock final : public st::StockSink {
 public:
  st::Result<void> rows(st::StockPage&& given) override {
    const st::StockCells& page = given.cells();
    for (std::size_t row = 0; row < page.rows(); ++row)
      on_hand[page.offer.to_text(row) + "@" + page.warehouses[page.warehouse[row]].key] = page.on_hand[row];
    return st::success();
  }
  void restart() override { on_hand.clear(); }
  void odd_row(const st::OddRow& row) override { odd.add(row); }
  std::map<std::string, std::int64_t> on_hand;
  Odd odd;
};

class Offers final : public st::OfferSink {
 public:
  struct Card {
    std::string title;
    std::size_t barcodes = 0;
    bool known = true;
    bool operator==(const Card&) const = default;
  };
  st::Result<void> offers(std::span<const st::OfferRow> page) override {
    for (const auto& row : page)
      cards[std::string(row.key)] = {std::string(row.title), row.barcodes.size(), row.details_known};
    return st::success();
  }
  void odd_row(const st::OddRow& row) override { odd.add(row); }
  std::map<std::string, Card> cards;
  Odd odd;
};

class Warehouses final : public st::WarehouseSink {
 public:
  st::Result<void> warehouses(std::span<const st::WarehouseRow> page) override {
    for (const auto& row : page) names[std::string(row.key)] = row.name;
    return st::success();
  }
  void odd_row(const st::OddRow& row) override { odd.add(row); }
  std::map<std::string, std::string> names;
  Odd odd;
};

class Lines final : public st::OrderSink {
 public:
  struct Line {
    st::OrderStatus status = st::OrderStatus::unknown;
    std::int64_t quantity = 0;
    std::optional<st::Money> price;
    st::Instant ordered_at;
    std::string offer;
  };
  st::Result<void> lines(std::span<const st::OrderLineRow> page) override {
    for (const auto& row : page)
      by_key[std::string(row.key)] = {row.status, row.quantity, row.price, row.ordered_at, std::string(row.offer)};
    return st::success();
  }
  void restart() override { by_key.clear(); }
  void odd_row(const st::OddRow& row) override { odd.add(row); }
  void covered(const st::OrderCoverage& period) override { periods.push_back(period); }
  std::map<std::string, Line> by_key;
  std::vector<st::OrderCoverage> periods;
  Odd odd;
};

class Prices final : public st::PriceSink {
 public:
  st::Result<void> prices(std::span<const st::PriceRow> page) override {
    for (const auto& row : page) asked.insert_or_assign(std::string(row.offer), row.price);
    return st::success();
  }
  void odd_row(const st::OddRow& row) override { odd.add(row); }
  std::map<std::string, st::Money> asked;
  Odd odd;
};

}  // namespace ozon_test
