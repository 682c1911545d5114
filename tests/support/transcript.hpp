// Everything that a connector gives to its sinks, each row as one line with all that it holds; and a marketplace that
// answers by script and writes down what it was asked. A member that is lost, swapped or made up changes the text.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stocktracker/core/time_text.hpp>
#include <stocktracker/marketplace/connector.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tests/support/catch.hpp"

namespace transcript {

namespace st = stocktracker;
using Lines = std::vector<std::string>;

inline std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

class Rows final : public st::OfferSink,
                   public st::WarehouseSink,
                   public st::StockSink,
                   public st::OrderSink,
                   public st::PriceSink {
 public:
  st::Result<void> offers(std::span<const st::OfferRow> page) override {
    for (const auto& row : page) {
      std::string codes;
      for (const auto code : row.barcodes) codes += (codes.empty() ? "" : "+") + std::string(code);
      add({"offer", row.key, row.listing, row.article, row.title, row.brand, row.size, codes,
           row.details_known ? "known" : "unknown"});
    }
    return st::success();
  }
  st::Result<void> warehouses(std::span<const st::WarehouseRow> page) override {
    for (const auto& row : page) add({"warehouse", row.key, row.name, row.active ? "active" : "closing"});
    return st::success();
  }
  st::Result<void> rows(st::StockPage&& page) override {
    for (std::size_t n = 0; n < page.rows(); ++n) {
      const st::StockRow row = page.row(n);
      const st::Warehouse& at = page.warehouse(row.warehouse);
      add({"stock", row.offer.to_text(), row.listing.empty() ? "-" : row.listing.to_text(), at.key, at.name, at.region,
           to_string(at.kind), std::to_string(row.on_hand), amount(row.reserved), amount(row.to_client),
           amount(row.from_client)});
    }
    for (std::size_t n = 0; n < page.unplaced(); ++n) add({"unplaced", page.unplaced(n).to_text()});
    return page.check();
  }
  st::Result<void> lines(std::span<const st::OrderLineRow> page) override {
    for (const auto& row : page) {
      add({"line", row.key, row.order, row.offer, row.listing, row.article, to_string(row.status), row.status_text,
           to_string(row.kind), row.warehouse, row.warehouse_name, std::to_string(row.quantity), money(row.price),
           st::to_rfc3339(row.ordered_at), st::to_rfc3339(row.changed_at)});
    }
    return st::success();
  }
  st::Result<void> prices(std::span<const st::PriceRow> page) override {
    for (const auto& row : page)
      add({"price", row.offer, row.price.text(), money(row.list_price), money(row.lowest_price)});
    return st::success();
  }
  void restart() override { add({"restart"}); }
  void note(std::string text) override { add({"note", text}); }
  void speaks_of(st::Instant at) override { add({"speaks of", st::to_rfc3339(at)}); }
  void emptied(std::string_view order) override { add({"emptied", order}); }
  void covered(const st::OrderCoverage& period) override {
    add({"covered", st::to_rfc3339(period.from), st::to_rfc3339(period.until)});
  }
  void odd_row(const st::OddRow& row) override {
    add({row.kind == st::RowOddity::oversold     ? "oversold"
         : row.kind == st::RowOddity::incomplete ? "incomplete"
                                                 : "unreadable",
         row.location, row.key, row.reason});
  }

  Lines seen;

 private:
  void add(std::initializer_list<std::string_view> parts) {
    std::string line;
    for (const std::string_view part : parts) line.append(line.empty() ? "" : "|").append(part);
    seen.push_back(std::move(line));
  }
  static std::string amount(const std::optional<std::int64_t>& units) { return units ? std::to_string(*units) : "-"; }
  static std::string money(const std::optional<st::Money>& price) { return price ? price->text() : "-"; }
};

/// Answers each request with the next step whose part is in its URL; keeps what was asked as "POST path body", and
/// which account each request was counted for. A request without a step is refused with 418.
class Script final : public st::HttpTransport {
 public:
  struct Step {
    std::string part;
    st::HttpResponse answer;
    bool again = false;  ///< also for all further requests
  };
  Script& answer(std::string part, std::string body, int status = 200, std::vector<st::HttpHeader> headers = {}) {
    steps.push_back({std::move(part), {status, std::move(headers), std::move(body)}, false});
    return *this;
  }
  Script& always(std::string part, std::string body, int status = 200, std::vector<st::HttpHeader> headers = {}) {
    steps.push_back({std::move(part), {status, std::move(headers), std::move(body)}, true});
    return *this;
  }
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    if (context.stop.stop_requested()) return st::Errc::cancelled;
    if (meanwhile) std::exchange(meanwhile, {})();
    const std::size_t scheme = request.url.find("://");
    const std::string path = request.url.substr(request.url.find('/', scheme + 3));
    asked.push_back((request.method == st::HttpMethod::get ? "GET " : "POST ") + path +
                    (request.body.empty() ? "" : " " + request.body));
    asked_at.push_back(clock->now());
    hosts.push_back(request.url.substr(0, request.url.size() - path.size()));
    owners.push_back(request.quota.owner + " " + request.quota.tier);
    std::string signs;
    for (const auto& header : request.secret_headers)
      signs += (signs.empty() ? "" : "; ") + header.name + ": " + std::string(header.value.reveal());
    secrets.push_back(signs);
    clock->advance(latency);
    for (auto step = steps.begin(); step != steps.end(); ++step) {
      if (path.find(step->part) == std::string::npos) continue;
      st::HttpResponse response = step->answer;
      if (!step->again) steps.erase(step);
      response.body.reserve(response.body.size() + st::kBodyPadding);
      return response;
    }
    return st::HttpResponse{418, {}, "no step for " + path};
  }

  std::vector<Step> steps;
  std::function<void()> meanwhile;  ///< done once, before the next request is answered
  Lines asked;
  std::vector<st::Instant> asked_at;
  Lines hosts;
  Lines owners;
  Lines secrets;
  st::Duration latency{};
  std::shared_ptr<st::testing::ManualClock> clock =
      std::make_shared<st::testing::ManualClock>(st::parse_rfc3339("2026-11-26T09:00:00Z").value());
};

class Memory final : public st::AccountMemory {
 public:
  st::Result<std::string> get(std::string_view name, const st::CallContext&) override {
    return kept[std::string(name)];
  }
  st::Result<void> set(std::string_view name, std::string_view value, const st::CallContext& context) override {
    if (clock) {
      STK_TRY(context.check(clock->now()));
    }
    kept[std::string(name)] = value;
    return st::success();
  }
  std::map<std::string, std::string> kept;
  std::shared_ptr<st::testing::ManualClock> clock;  ///< set: a store that refuses a call whose time is over
};

/// A connector over a script.
struct Seller {
  std::shared_ptr<Script> script = std::make_shared<Script>();
  std::shared_ptr<Memory> memory = std::make_shared<Memory>();
  Rows rows;

  Seller() { memory->clock = script->clock; }
  std::shared_ptr<st::Connector> connect(const std::shared_ptr<st::ConnectorFactory>& factory,
                                         const st::Credentials& credentials) const {
    return factory->connect(credentials, {script, script->clock, std::make_shared<st::Telemetry>(), memory}).value();
  }
};

inline st::Instant at(std::string_view text) { return st::parse_rfc3339(text).value(); }

}  // namespace transcript
