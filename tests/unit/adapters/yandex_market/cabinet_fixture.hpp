// A cabinet of Yandex Market by script, and sinks that write down what they are given.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/scripted_transport.hpp>

#include "marketplace/stock_cells.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
namespace ym = stocktracker::yandex_market;

using Texts = std::vector<std::string>;

inline std::string text_of(const st::OddRow& row) {
  return std::string(row.kind == st::RowOddity::oversold ? "oversold " : "") + std::string(row.location) + " " +
         std::string(row.reason) + " (" + std::string(row.key) + ")";
}

class OfferTexts final : public st::OfferSink {
 public:
  st::Result<void> offers(std::span<const st::OfferRow> page) override {
    for (const auto& row : page) {
      std::string text = std::string(row.key) + "/" + std::string(row.listing);
      for (const auto code : row.barcodes) text += "/" + std::string(code);
      rows.push_back(text);
      keys.emplace_back(row.key);
    }
    return st::success();
  }
  void odd_row(const st::OddRow& row) override { odd.push_back(text_of(row)); }
  Texts rows, keys, odd;
};

class WarehouseTexts final : public st::WarehouseSink {
 public:
  st::Result<void> warehouses(std::span<const st::WarehouseRow> page) override {
    for (const auto& row : page) rows.push_back(std::string(row.key) + " " + std::string(row.name));
    return st::success();
  }
  void odd_row(const st::OddRow& row) override { odd.push_back(text_of(row)); }
  Texts rows, odd;
};

class StockTexts final : public st::StockSink {
 public:
  st::Result<void> rows(st::StockPage&& given) override {
    const st::StockCells& page = given.cells();
    for (std::size_t n = 0; n < page.rows(); ++n) {
      const st::Warehouse& at = page.warehouses[page.warehouse[n]];
      seen.push_back(page.offer.to_text(n) + "@" + at.key + "=" + std::to_string(page.on_hand[n]) + "/" +
                     std::to_string(page.reserved[n]));
      names[at.key] = at.name;
    }
    return st::success();
  }
  void restart() override { seen.clear(); }
  void odd_row(const st::OddRow& row) override { odd.push_back(text_of(row)); }
  Texts seen, odd;
  std::map<std::string, std::string> names;
};

class PriceTexts final : public st::PriceSink {
 public:
  st::Result<void> prices(std::span<const st::PriceRow> page) override {
    for (const auto& row : page) rows.push_back(std::string(row.offer) + " " + row.price.text());
    return st::success();
  }
  void odd_row(const st::OddRow& row) override { odd.push_back(text_of(row)); }
  Texts rows, odd;
};

class OrderTexts final : public st::OrderSink {
 public:
  st::Result<void> lines(std::span<const st::OrderLineRow> page) override {
    for (const auto& row : page) {
      rows.push_back(std::string(row.key) + " " + std::string(row.offer) + " " + std::to_string(row.quantity) + " " +
                     st::to_string(row.status) + (row.price ? " " + row.price->text() : ""));
    }
    return st::success();
  }
  void restart() override { rows.clear(); }
  void odd_row(const st::OddRow& row) override { odd.push_back(text_of(row)); }
  void covered(const st::OrderCoverage& period) override { periods.push_back(period); }
  Texts rows, odd;
  std::vector<st::OrderCoverage> periods;
};

inline constexpr const char* kCampaigns =
    R"({"campaigns":[{"id":21000001,"business":{"id":900001,"name":"Shop"},"placementType":"FBS"},)"
    R"({"id":21000002,"business":{"id":900001,"name":"Shop"},"placementType":"FBY"},)"
    R"({"id":21000003,"business":{"id":900001},"placementType":"FBS","apiAvailability":"MANUALLY_DISABLED"}]})";

/// Memory of an account, in the test.
class Memory final : public st::AccountMemory {
 public:
  st::Result<std::string> get(std::string_view name, const st::CallContext&) override {
    return values[std::string(name)];
  }
  st::Result<void> set(std::string_view name, std::string_view value, const st::CallContext&) override {
    values[std::string(name)] = value;
    return st::success();
  }
  std::map<std::string, std::string> values;
};

struct Cabinet {
  explicit Cabinet(bool with_campaigns = true) {
    if (with_campaigns) transport->always("/v2/campaigns?", 200, kCampaigns);
    transport->always("/v2/warehouses", 200, R"({"result":{"warehouses":[{"id":147,"name":"Rostov"}]}})");
  }
  std::shared_ptr<st::Connector> connect(std::shared_ptr<st::HttpTransport> over = nullptr, ym::Options options = {}) {
    if (!over) over = transport;
    return ym::make_factory(std::move(options))
        .value()
        ->connect(ym::credentials(st::Secret::copy_of("key")), {over, clock, std::make_shared<st::Telemetry>(), memory})
        .value();
  }
  /// Requests whose URL holds the text.
  [[nodiscard]] std::vector<st::testing::SentRequest> sent(std::string_view part) const {
    std::vector<st::testing::SentRequest> found;
    for (auto& one : transport->sent()) {
      if (one.url.find(part) != std::string::npos) found.push_back(std::move(one));
    }
    return found;
  }
  std::shared_ptr<st::testing::ScriptedTransport> transport = std::make_shared<st::testing::ScriptedTransport>();
  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  std::shared_ptr<Memory> memory = std::make_shared<Memory>();
};
