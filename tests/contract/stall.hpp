// A small connector that keeps the contract, and the same with one fault planted: what the suites of the suite use.
#pragma once

#include <array>
#include <charconv>
#include <deque>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <stocktracker/core/time_text.hpp>
#include <stocktracker/testing/connector_contract.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "json/lenient.hpp"
#include "marketplace/page_watch.hpp"
#include "marketplace/vendor_calls.hpp"

namespace st = stocktracker;

enum class Planted {
  nothing,
  pages_without_end,      // follows every cursor
  end_taken_for_success,  // sees the repetition, and reports success
  end_of_other_kind,      // sees it, and calls the marketplace out of service
  renamed_is_empty,       // a list that is not there is empty, whatever else there is
  key_of_a_letter,        // a key that is part of every other word
  null_throws,            // takes it for granted that a list is there
  odd_row_fails_all,      // one row that says nothing fails the source
  odd_row_loses_page,     // the rest of the page goes with it
  odd_row_unsaid,         // left out, and nobody knows
  empty_identity,         // a row with an empty identity is taken for one
  odd_row_without_why,    // reported without what is wrong
  mark_is_no_json,        // a byte order mark fails the source
  refusal_without_why,    // an error that says neither words nor status
  refusal_is_data,        // a refusal with an empty body is an empty list
  first_page_only,        // what comes after the first page is not read
  last_row_dropped,       // of each page that another one follows
  row_twice,              // a row that comes again over a border is a row of its own
  row_added_up,           // or its units are added to those before
  null_is_zero,           // units that are null are none
  texts_skipped,          // units that are written as a text are none that can be read, and nobody knows
  columns_swapped,        // what is free and what is reserved
  unreported_is_zero,     // what the stall does not report is reported as 0
  local_time_is_utc,      // the offset of a time is not looked at
  since_ignored,          // every reading asks for everything
  since_excluded,         // what changed at the very instant is left out
  asked_ignored,          // stock of all offers, whatever was asked
  first_batch_only,       // of the keys that are asked about
  error_swallowed,        // a list ends where its connection ends
  barcodes_lost,          // of every offer
  price_of_units,         // the list price stands in the place of the price
  secret_in_error,        // says with which key it was refused
  secret_in_address,      // puts the key behind the path
  orders_cut_short,       // of a year that is kept, a month is read
  orders_beyond,          // what nobody keeps is called read
  missing_is_zero,        // units that are not in the row are none
  cut_to_32_bits,         // units keep their last 32 bits
  warehouse_dropped,      // of the list of warehouses, the last one
  denial_is_data,         // an answer with status 401 is an empty list
  unknown_is_placed,      // a status that it does not know is a new order, if it is of several units
  unknown_is_delivered,   // or a delivered one
  no_status_is_placed,    // and so is a line without a status
  covered_too_early,      // after the first page, everything is called read
  covered_from_ever,      // whatever was asked for, all that is kept is called read
  throws,                 // an exception at the end of a list
  covered_tomorrow,       // what will be ordered within a day is called read
};

inline constexpr st::Channel kStall{"stall"};
inline constexpr st::Capabilities kCan{.channel = kStall,
                                       .zone = "Europe/Moscow",
                                       .fbo_absent = st::Absent::zero,
                                       .fbs_absent = st::Absent::unknown,
                                       .orders = true,
                                       .prices = true,
                                       .orders_kept = std::chrono::hours(24 * 365)};
inline constexpr st::VendorErrors kErrors{.vendor = "stall"};
inline constexpr std::size_t kPage = 4;
inline constexpr std::size_t kRows = 11;
inline constexpr std::size_t kBatch = 100;
inline constexpr std::string_view kKey = "the-stall-key";
inline constexpr st::Instant kFirstOrder = st::Instant::from_seconds(1'795'200'000);

// What it sells: row n has n + 1 units, n % 3 of them reserved, and was ordered 5 n hours after the first.
inline std::string id_of(std::size_t row) { return "a" + std::to_string(row); }
inline std::int64_t units_of(std::size_t row) { return static_cast<std::int64_t>(row) + 1; }
inline std::int64_t held_of(std::size_t row) { return static_cast<std::int64_t>(row % 3); }
inline st::Instant time_of(std::size_t row) { return kFirstOrder + std::chrono::hours(5 * row); }
struct State {
  std::string_view word;
  st::OrderStatus status;
};
inline constexpr std::array kStates{State{"new", st::OrderStatus::placed}, State{"done", st::OrderStatus::delivered},
                                    State{"off", st::OrderStatus::cancelled}, State{"back", st::OrderStatus::returned}};
inline const State& state_of(std::size_t row) { return kStates[row % kStates.size()]; }

struct Cut {
  std::size_t rows = kPage;
  std::size_t repeated = 0;
};

// Offers and stock go on by cursor, orders and prices by offset.
class Stall final : public st::HttpTransport {
 public:
  explicit Stall(Cut cut = {}) : cut_(cut) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    const std::string path = request.url.substr(std::string_view("https://stall.example").size());
    if (path.starts_with("/me")) return st::HttpResponse{200, {}, R"({"id":"7","name":"A stall"})"};
    std::vector<std::string> rows;
    if (path.starts_with("/places")) {
      rows = {R"({"id":"cellar","units":0,"held":0})", R"({"id":"attic","units":0,"held":0})"};
    } else {
      for (std::size_t row = 0; row < kRows; ++row) {
        if (is_asked(path, row)) rows.push_back(row_of(row));
      }
    }
    const std::size_t at = path.find("from=");
    std::size_t place = 0;
    if (at != std::string::npos) std::from_chars(path.data() + at + 5, path.data() + path.size(), place);
    const std::size_t first = place - std::min(place, cut_.repeated);
    const std::size_t end = std::min(first + cut_.rows, rows.size());
    std::string body = R"({"rows":[)";
    for (std::size_t row = std::min(first, end); row < end; ++row) body += (row == first ? "" : ",") + rows[row];
    body += R"(],"cursor":")" + (end < rows.size() ? std::to_string(end) : std::string()) + R"("})";
    return st::HttpResponse{200, {}, body};
  }

 private:
  static bool is_asked(const std::string& path, std::size_t row) {
    if (path.starts_with("/attic") && row % 2 == 0) return false;
    const std::size_t ids = path.find("ids=");
    return ids == std::string::npos || path.find("," + id_of(row) + ",", ids) != std::string::npos;
  }
  static std::string row_of(std::size_t row) {
    std::string at = st::to_rfc3339(time_of(row) + std::chrono::hours(3));
    at.replace(at.size() - 1, 1, "+03:00");
    return R"({"id":")" + id_of(row) + R"(","units":)" + std::to_string(units_of(row)) + R"(,"held":)" +
           std::to_string(held_of(row)) + R"(,"at":")" + at + R"(","state":")" + std::string(state_of(row).word) +
           R"(","codes":["4600)" + id_of(row) + R"("]})";
  }
  const Cut cut_;
};

class SilentSink final : public st::AnswerSink {};

// One row of any list.
struct StallRow {
  std::string_view id;
  std::int64_t units = 0;
  std::int64_t held = 0;
  st::json::Value value;
};

class StallConnector final : public st::Connector {
 public:
  StallConnector(Planted planted, const st::Capabilities& can, Cut cut, std::size_t batch, st::ConnectorPorts ports)
      : planted_(planted), can_(can), cut_(cut), batch_(batch), calls_(std::move(ports), kErrors) {}

  [[nodiscard]] const st::Capabilities& capabilities() const noexcept override { return can_; }
  st::Result<st::SellerIdentity> verify_credentials(const st::CallContext& context) override {
    STK_TRY(const auto document, ask("/me", context));
    return st::SellerIdentity{std::string(document.root()["id"].text().value_or("")), "A stall"};
  }
  st::Result<void> list_offers(st::OfferSink& sink, const st::CallContext& context) override {
    std::vector<st::OfferRow> rows;
    std::deque<std::string_view> codes;
    return read(
        "/offers", false, sink, context,
        [&](const StallRow& row) {
          st::OfferRow made{row.id, {}, row.id};
          (void)row.value["codes"].each([&](st::json::Value code) -> st::Result<void> {
            codes.push_back(code.text().value_or(""));
            made.barcodes = std::span(&codes.back(), 1);
            return st::success();
          });
          if (planted_ == Planted::barcodes_lost) made.barcodes = {};
          rows.push_back(made);
        },
        [&] { return sink.offers(std::exchange(rows, {})); });
  }
  st::Result<void> list_warehouses(st::WarehouseSink& sink, const st::CallContext& context) override {
    std::vector<st::WarehouseRow> rows;
    return read(
        "/places", false, sink, context,
        [&](const StallRow& row) {
          rows.push_back({row.id, row.id});
        },
        [&] {
          if (planted_ == Planted::warehouse_dropped && !rows.empty()) rows.pop_back();
          return sink.warehouses(std::exchange(rows, {}));
        });
  }
  st::Result<void> fetch_stock(const st::StockQuery& query, st::StockSink& sink,
                               const st::CallContext& context) override {
    if (query.kind == st::StockKind::fbo) {
      return read_stock("/hall", {"hall", "", "", st::WarehouseKind::marketplace}, sink, context);
    }
    const st::Warehouse place{std::string(query.warehouse), std::string(query.warehouse_name), "",
                              st::WarehouseKind::seller};
    const std::string path = "/" + std::string(query.warehouse);
    if (planted_ == Planted::asked_ignored) return read_stock(path, place, sink, context);
    for (std::size_t from = 0; from < query.offers.size(); from += batch_) {
      std::string ids = "?ids=,";
      for (const std::string& offer : query.offers.subspan(from, std::min(batch_, query.offers.size() - from)))
        ids += offer + ",";
      STK_TRY(read_stock(path + ids, place, sink, context));
      if (planted_ == Planted::first_batch_only) break;
    }
    return st::success();
  }
  st::Result<st::OrderCoverage> fetch_orders(const st::OrderQuery& query, st::OrderSink& sink,
                                             const st::CallContext& context) override {
    const st::Instant now = calls_.clock().now();
    const auto kept = std::chrono::hours(24) * (planted_ == Planted::orders_cut_short ? 30
                                                : planted_ == Planted::orders_beyond  ? 400
                                                                                      : 365);
    // What was ordered earlier was read before, unless this is the first reading.
    const st::Instant known = query.first ? query.since : std::min(query.since, now - std::chrono::hours(2));
    const st::Instant from = planted_ == Planted::covered_from_ever ? now - kept : std::max(known, now - kept);
    st::Instant last = st::Instant::earliest();
    std::vector<st::OrderLineRow> rows;
    STK_TRY(read(
        "/orders", true, sink, context,
        [&](const StallRow& one) {
          std::string at(one.value["at"].text().value_or(""));
          if (planted_ == Planted::local_time_is_utc && at.size() > 6) at = at.substr(0, at.size() - 6) + "Z";
          auto time = st::parse_rfc3339(at);
          if (!time && planted_ == Planted::empty_identity) time = now - std::chrono::hours(1);
          if (!time) return sink.odd_row({st::RowOddity::unreadable, "at is no time", {}, one.id});
          if (planted_ == Planted::since_excluded ? time.value() <= query.since : time.value() < query.since) {
            if (planted_ != Planted::since_ignored) return;
          }
          st::OrderLineRow row;
          row.key = row.offer = one.id;
          row.quantity = one.units;
          row.ordered_at = row.changed_at = time.value();
          row.status_text = one.value["state"].text().value_or("");
          row.status = status_in(one);
          rows.push_back(row);
          last = std::max(last, row.ordered_at);
        },
        [&]() -> st::Result<void> {
          STK_TRY(sink.lines(std::exchange(rows, {})));  // the oldest come first
          sink.covered({from, planted_ == Planted::covered_too_early ? now : std::max(from, last)});
          return st::success();
        }));
    return st::OrderCoverage{from, planted_ == Planted::covered_tomorrow ? now + std::chrono::hours(24) : now};
  }
  st::Result<void> fetch_prices(st::PriceSink& sink, const st::CallContext& context) override {
    std::vector<st::PriceRow> rows;
    return read(
        "/prices", true, sink, context,
        [&](const StallRow& row) {
          const st::Money price(row.units * 100, st::Currency::rub());
          const st::Money list(row.units * 150, st::Currency::rub());
          rows.push_back({row.id, planted_ == Planted::price_of_units ? list : price, list});
        },
        [&] { return sink.prices(std::exchange(rows, {})); });
  }

 private:
  using Take = std::function<void(const StallRow&)>;
  using Deliver = std::function<st::Result<void>()>;

  st::Result<void> read_stock(const std::string& path, const st::Warehouse& place, st::StockSink& sink,
                              const st::CallContext& context) {
    st::StockPage page;
    auto warehouse = page.add_warehouse(place);
    std::map<std::string, std::int64_t, std::less<>> given;
    return read(
        path, false, sink, context,
        [&](const StallRow& row) {
          const auto [known, fresh] = given.try_emplace(std::string(row.id), 0);
          known->second += row.units;
          if (!fresh && planted_ != Planted::row_twice && planted_ != Planted::row_added_up) return;
          const bool swapped = planted_ == Planted::columns_swapped;
          st::StockRow stock{.offer = row.id, .warehouse = warehouse};
          stock.on_hand = swapped ? row.held : planted_ == Planted::row_added_up ? known->second : row.units;
          stock.reserved = swapped ? row.units : row.held;
          if (planted_ == Planted::unreported_is_zero) stock.to_client = 0;
          page.push(stock);
        },
        [&] {
          auto full = std::exchange(page, {});
          warehouse = page.add_warehouse(place);
          return sink.rows(std::move(full));
        });
  }

  st::Result<st::json::Document> ask(std::string path, const st::CallContext& context) const {
    if (planted_ == Planted::secret_in_address)
      path += std::string(path.find('?') == path.npos ? "?" : "&") + "key=" + std::string(kKey);
    auto request =
        st::vendor_request(st::HttpMethod::get, "https://stall.example" + path, "stall.call", "stall", "all");
    const std::string_view key = planted_ == Planted::key_of_a_letter ? "k" : kKey;
    request.secret_headers.push_back({"Key", st::Secret::copy_of(key)});
    auto response = calls_.send(request, context);
    if (!response) {
      if (planted_ == Planted::secret_in_error)
        return st::Error(response.error().errc(), "refused with " + std::string(kKey));
      if (planted_ == Planted::error_swallowed && response.error().errc() == st::Errc::connection_lost)
        return st::json::Document::parse("{}");
      if (planted_ == Planted::denial_is_data && response.error().details().http_status == 401)
        return st::json::Document::parse("{}");
      const bool no_words = response.error().message().find("without words") != std::string::npos;
      if (planted_ == Planted::refusal_without_why && no_words) return response.error().errc();
      if (planted_ != Planted::refusal_is_data || !no_words) return std::move(response).error();
      return st::json::Document::parse("{}");
    }
    const std::string& body = response.value().body;
    if (planted_ == Planted::mark_is_no_json && !body.starts_with('{'))
      return st::Error(st::Errc::vendor_schema, "mark");
    return st::json::Document::parse(body);
  }

  // One list, page by page.
  st::Result<void> read(const std::string& path, bool by_offset, st::AnswerSink& sink, const st::CallContext& context,
                        const Take& take, const Deliver& deliver) {
    st::PageWatch watch("stall.call");
    std::string cursor;
    std::size_t offset = 0;
    while (true) {
      const std::string from = (path.find('?') == path.npos ? "?from=" : "&from=") + cursor;
      STK_TRY(const auto document, ask(path + (cursor.empty() ? std::string() : from), context));
      const bool goes_on = !std::string(document.root()["cursor"].text().value_or("")).empty();
      STK_TRY(const std::size_t rows, read_page(document.root(), goes_on, watch, sink, take));
      STK_TRY(deliver());
      offset += rows - (offset == 0 ? 0 : std::min(rows, cut_.repeated));
      cursor = by_offset ? (rows == cut_.rows ? std::to_string(offset) : std::string())
                         : std::string(document.root()["cursor"].text().value_or(""));
      if (cursor.empty() || planted_ == Planted::first_page_only) return st::success();
      auto turned = watch.turn(cursor);
      if (turned || planted_ == Planted::pages_without_end) continue;
      if (planted_ == Planted::end_taken_for_success) return st::success();
      if (planted_ == Planted::end_of_other_kind) return st::Error(st::Errc::vendor_unavailable, "it goes on and on");
      return turned;
    }
  }

  st::Result<std::size_t> read_page(const st::json::Value& page, bool goes_on, st::PageWatch& watch,
                                    st::AnswerSink& sink, const Take& take) {
    if (planted_ == Planted::null_throws && page["rows"].is_null()) throw std::runtime_error("no list");
    if (planted_ == Planted::renamed_is_empty && !page["rows"].exists()) return std::size_t{0};
    if (planted_ == Planted::throws && !goes_on) throw std::runtime_error("the last page");
    class Unexplained final : public st::AnswerSink {
     public:
      explicit Unexplained(st::AnswerSink& next) : next_(next) {}
      void odd_row(const st::OddRow&) override { next_.odd_row({}); }

     private:
      st::AnswerSink& next_;
    } unexplained(sink);
    SilentSink silent;
    st::AnswerSink& reported = planted_ == Planted::odd_row_unsaid        ? silent
                               : planted_ == Planted::odd_row_without_why ? unexplained
                                                                          : sink;
    bool lost = false;
    const auto key = [](st::json::Value row) { return std::string(row["id"].text().value_or("")); };
    std::vector<StallRow> taken;
    const auto one = [&](st::json::Value row) -> st::Result<void> {
      const auto id = row["id"].text();
      auto units = number_in(row["units"]);
      const auto held = number_in(row["held"]);
      if (lost) return st::success();
      if (planted_ == Planted::texts_skipped && row["units"].text()) return st::success();
      if (!id || !units || !held || (id->empty() && planted_ != Planted::empty_identity)) {
        lost = planted_ == Planted::odd_row_loses_page;
        if (planted_ == Planted::odd_row_fails_all) return st::Error(st::Errc::vendor_contradiction, "an odd row");
        return st::row_error("id", "is empty");
      }
      watch.row(*id);
      taken.push_back({*id, *units, *held, row});
      return st::success();
    };
    STK_TRY(const std::size_t rows, st::each_row(page, "rows", reported, key, one));
    if (planted_ == Planted::last_row_dropped && goes_on && !taken.empty()) taken.pop_back();
    for (const StallRow& row : taken) take(row);
    return rows;
  }

  st::OrderStatus status_in(const StallRow& row) const {
    const auto word = row.value["state"].text();
    for (const State& one : kStates) {
      if (word == one.word) return one.status;
    }
    if (planted_ == Planted::no_status_is_placed && !word) return st::OrderStatus::placed;
    if (planted_ == Planted::unknown_is_delivered && word) return st::OrderStatus::delivered;
    const bool placed = planted_ == Planted::unknown_is_placed && word && row.units > 1;
    return placed ? st::OrderStatus::placed : st::OrderStatus::unknown;
  }

  std::optional<std::int64_t> number_in(const st::json::Value& value) const {
    if (planted_ == Planted::null_is_zero && value.is_null()) return 0;
    if (planted_ == Planted::missing_is_zero && !value.exists()) return 0;
    const auto number = st::json::lenient_integer(value);
    if (planted_ == Planted::cut_to_32_bits && number) return static_cast<std::int32_t>(*number);
    return number;
  }

  const Planted planted_;
  const st::Capabilities can_;
  const Cut cut_;
  const std::size_t batch_;
  const st::VendorCalls calls_;
};

class Subject final : public st::testing::ConnectorSubject {
 public:
  explicit Subject(Planted planted, const st::Capabilities& can = kCan) : planted_(planted), can_(can) {}
  st::Result<std::shared_ptr<st::Connector>> connector() override {
    return over(std::make_shared<Stall>(), {}, kBatch);
  }
  std::shared_ptr<st::Connector> through(Middle middle) override {
    return over(middle(std::make_shared<Stall>()), {}, kBatch);
  }
  std::shared_ptr<st::Connector> paged(const Pages& pages, Middle middle) override {
    const Cut cut{pages.rows > 0 ? static_cast<std::size_t>(pages.rows) : kPage,
                  static_cast<std::size_t>(pages.repeated)};
    return over(middle(std::make_shared<Stall>(cut)), cut,
                pages.keys > 0 ? static_cast<std::size_t>(pages.keys) : kBatch);
  }
  std::optional<st::testing::AccountTruth> truth() override {
    st::testing::AccountTruth truth;
    truth.warehouses = {{"cellar", "cellar"}, {"attic", "attic"}};
    truth.offers.emplace();
    truth.stock.emplace();
    truth.orders.emplace();
    truth.prices.emplace();
    for (std::size_t row = 0; row < kRows; ++row) {
      const std::string id = id_of(row);
      truth.offers->push_back({.key = id, .article = id, .barcodes = {"4600" + id}});
      for (const char* place : {"hall", "cellar", "attic"}) {
        if (place == std::string_view("attic") && row % 2 == 0) continue;
        st::testing::TrueStock stock;
        stock.offer = id;
        stock.warehouse = place;
        if (place != std::string_view("hall")) {
          stock.warehouse_name = place;
          stock.kind = st::WarehouseKind::seller;
        }
        stock.on_hand = units_of(row);
        stock.reserved = held_of(row);
        truth.stock->push_back(std::move(stock));
      }
      st::testing::TrueLine line;
      line.key = line.offer = id;
      line.quantity = units_of(row);
      line.status = state_of(row).status;
      line.ordered_at = line.changed_at = time_of(row);
      truth.orders->push_back(std::move(line));
      truth.prices->push_back({id, st::Money(units_of(row) * 100, st::Currency::rub()),
                               st::Money(units_of(row) * 150, st::Currency::rub()), std::nullopt});
    }
    truth.capabilities = kCan;
    truth.now = clock_->now();
    truth.orders_asked_again = st::Duration::zero();
    truth.numbers_may_be_texts = true;
    return truth;
  }

 private:
  std::shared_ptr<st::Connector> over(std::shared_ptr<st::HttpTransport> transport, Cut cut, std::size_t batch) const {
    return std::make_shared<StallConnector>(planted_, can_, cut, batch,
                                            st::ConnectorPorts{std::move(transport), clock_, {}, {}});
  }
  const Planted planted_;
  const st::Capabilities can_;
  const std::shared_ptr<st::Clock> clock_ = std::make_shared<st::testing::ManualClock>(time_of(kRows + 1));
};
