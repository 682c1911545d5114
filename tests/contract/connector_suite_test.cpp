// The connector suite itself: a small connector that keeps the contract, and the same with one fault planted, each of
// which the suite must find under the name of its check.
#include <stocktracker/testing/connector_contract.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include <deque>
#include <functional>
#include <stdexcept>

#include "marketplace/page_watch.hpp"
#include "marketplace/vendor_calls.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

enum class Planted {
  nothing,
  pages_without_end,      // follows every cursor
  end_taken_for_success,  // sees the repetition, and reports success
  end_of_other_kind,      // sees it, and calls the marketplace out of service
  null_throws,            // takes it for granted that a list is there
  odd_row_fails_all,      // one row that says nothing fails the source
  odd_row_loses_page,     // the rest of the page goes with it
  odd_row_unsaid,         // left out, and nobody knows
  empty_identity,         // a row with an empty identity is taken for one
  odd_row_without_why,    // reported without what is wrong
  mark_is_no_json,        // a byte order mark fails the source
  refusal_without_why,    // an error that says neither words nor status
  refusal_is_data,        // a refusal with an empty body is an empty list
};

constexpr st::Channel kStall{"stall"};
constexpr st::Capabilities kCan{.channel = kStall,
                                .zone = "UTC",
                                .fbo_absent = st::Absent::zero,
                                .fbs_absent = st::Absent::unknown,
                                .orders = true,
                                .prices = true};
constexpr st::VendorErrors kErrors{.vendor = "stall"};
constexpr int kPage = 4;
constexpr int kRows = 11;

// Twelve rows a list, four a page; offers and stock go on by cursor, orders and prices by offset.
class Stall final : public st::HttpTransport {
 public:
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    const std::string path = request.url.substr(std::string_view("https://stall.example").size());
    if (path == "/me") return st::HttpResponse{200, {}, R"({"id":"7","name":"A stall"})"};
    if (path == "/places") {
      return st::HttpResponse{200, {}, R"({"rows":[{"id":"cellar","units":0},{"id":"attic","units":0}]})"};
    }
    const std::size_t at = path.find('=');
    const int from = at == std::string::npos ? 0 : std::stoi(path.substr(at + 1));
    std::string body = R"({"rows":[)";
    for (int row = from; row < std::min(from + kPage, kRows); ++row) {
      body += row == from ? "" : ",";
      body += R"({"id":"a)" + std::to_string(row) + R"(","units":)" + std::to_string(row + 1) + "}";
    }
    body += R"(],"cursor":")" + (from + kPage < kRows ? std::to_string(from + kPage) : std::string()) + R"("})";
    return st::HttpResponse{200, {}, body};
  }
};

class SilentSink final : public st::AnswerSink {};

class StallConnector final : public st::Connector {
 public:
  StallConnector(Planted planted, st::ConnectorPorts ports) : planted_(planted), calls_(std::move(ports), kErrors) {}

  [[nodiscard]] const st::Capabilities& capabilities() const noexcept override { return kCan; }
  st::Result<st::SellerIdentity> verify_credentials(const st::CallContext& context) override {
    STK_TRY(const auto document, ask("/me", context));
    return st::SellerIdentity{std::string(document.root()["id"].text().value_or("")), "A stall"};
  }
  st::Result<void> list_offers(st::OfferSink& sink, const st::CallContext& context) override {
    std::vector<st::OfferRow> rows;
    return read(
        "/offers", false, sink, context,
        [&](std::string_view id, std::int64_t) {
          rows.push_back({id, {}, id});
        },
        [&] { return sink.offers(std::exchange(rows, {})); });
  }
  st::Result<void> list_warehouses(st::WarehouseSink& sink, const st::CallContext& context) override {
    std::vector<st::WarehouseRow> rows;
    return read(
        "/places", false, sink, context,
        [&](std::string_view id, std::int64_t) {
          rows.push_back({id, id});
        },
        [&] { return sink.warehouses(std::exchange(rows, {})); });
  }
  st::Result<void> fetch_stock(const st::StockQuery& query, st::StockSink& sink,
                               const st::CallContext& context) override {
    const bool own = query.kind == st::StockKind::fbs;
    const st::Warehouse place{own ? std::string(query.warehouse) : "hall", "", "",
                              own ? st::WarehouseKind::seller : st::WarehouseKind::marketplace};
    st::StockColumns page;
    return read(
        own ? "/cellar" : "/hall", false, sink, context,
        [&](std::string_view id, std::int64_t units) {
          if (own && std::find(query.offers.begin(), query.offers.end(), id) == query.offers.end()) return;
          page.offer.push(id);
          page.warehouse.push_back(0);
          page.on_hand.push_back(units);
        },
        [&] {
          page.warehouses = {place};
          return sink.rows(std::exchange(page, {}));
        });
  }
  st::Result<st::OrderCoverage> fetch_orders(const st::OrderQuery& query, st::OrderSink& sink,
                                             const st::CallContext& context) override {
    const st::Instant now = calls_.clock().now();
    std::vector<st::OrderLineRow> rows;
    STK_TRY(read(
        "/orders", true, sink, context,
        [&](std::string_view id, std::int64_t units) {
          st::OrderLineRow row;
          row.key = row.offer = id;
          row.quantity = units;
          row.ordered_at = row.changed_at = now - std::chrono::hours(1);
          rows.push_back(row);
        },
        [&] { return sink.lines(std::exchange(rows, {})); }));
    return st::OrderCoverage{std::min(query.since, now - std::chrono::hours(2)), now};
  }
  st::Result<void> fetch_prices(st::PriceSink& sink, const st::CallContext& context) override {
    std::vector<st::PriceRow> rows;
    return read(
        "/prices", true, sink, context,
        [&](std::string_view id, std::int64_t units) {
          rows.push_back({id, st::Money(units * 100, st::Currency::rub())});
        },
        [&] { return sink.prices(std::exchange(rows, {})); });
  }

 private:
  using Take = std::function<void(std::string_view, std::int64_t)>;
  using Deliver = std::function<st::Result<void>()>;

  st::Result<st::json::Document> ask(const std::string& path, const st::CallContext& context) const {
    auto response = calls_.send(
        st::vendor_request(st::HttpMethod::get, "https://stall.example" + path, "stall.call", "stall", "all"), context);
    if (!response) {
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
      STK_TRY(const auto document,
              ask(path + (cursor.empty() ? "" : (by_offset ? "?offset=" : "?cursor=") + cursor), context));
      STK_TRY(const std::size_t rows, read_page(document.root(), watch, sink, take));
      STK_TRY(deliver());
      offset += rows;
      cursor = by_offset ? (rows == kPage ? std::to_string(offset) : std::string())
                         : std::string(document.root()["cursor"].text().value_or(""));
      if (cursor.empty()) return st::success();
      auto turned = watch.turn(cursor);
      if (turned || planted_ == Planted::pages_without_end) continue;
      if (planted_ == Planted::end_taken_for_success) return st::success();
      if (planted_ == Planted::end_of_other_kind) return st::Error(st::Errc::vendor_unavailable, "it goes on and on");
      return turned;
    }
  }

  st::Result<std::size_t> read_page(const st::json::Value& page, st::PageWatch& watch, st::AnswerSink& sink,
                                    const Take& take) {
    if (planted_ == Planted::null_throws && page["rows"].is_null()) throw std::runtime_error("no list");
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
    const auto one = [&](st::json::Value row) -> st::Result<void> {
      const auto id = row["id"].text();
      const auto units = row["units"].integer();
      if (lost) return st::success();
      if (!id || !units || (id->empty() && planted_ != Planted::empty_identity)) {
        lost = planted_ == Planted::odd_row_loses_page;
        if (planted_ == Planted::odd_row_fails_all) return st::Error(st::Errc::vendor_contradiction, "an odd row");
        return st::row_error("id", "is empty");
      }
      watch.row(*id);
      take(*id, *units);
      return st::success();
    };
    return st::each_row(page, "rows", reported, key, one);
  }

  const Planted planted_;
  const st::VendorCalls calls_;
};

class Subject final : public st::testing::ConnectorSubject {
 public:
  explicit Subject(Planted planted) : planted_(planted) {}
  st::Result<std::shared_ptr<st::Connector>> connector() override { return over(std::make_shared<Stall>()); }
  std::shared_ptr<st::Connector> through(Middle middle) override { return over(middle(std::make_shared<Stall>())); }

 private:
  std::shared_ptr<st::Connector> over(std::shared_ptr<st::HttpTransport> transport) const {
    return std::make_shared<StallConnector>(planted_, st::ConnectorPorts{std::move(transport), clock_, {}, {}});
  }
  const Planted planted_;
  const std::shared_ptr<st::Clock> clock_ = std::make_shared<st::testing::ManualClock>();
};

// What the suite did and found.
struct Found {
  std::vector<std::string> begun;
  std::vector<std::string> failed;

  [[nodiscard]] bool has(const std::string& start) const { return starts(failed, start); }
  [[nodiscard]] bool asked(const std::string& start) const { return starts(begun, start); }

 private:
  static bool starts(const std::vector<std::string>& texts, const std::string& start) {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string& one) { return one.starts_with(start); });
  }
};

class Recorder final : public st::testing::Check {
 public:
  void begin(std::string_view name) override { found.begun.emplace_back(name); }
  void expect(bool holds, std::string_view what) override {
    if (!holds) found.failed.push_back(found.begun.back() + ": " + std::string(what));
  }
  Found found;
};

Found found_in(Planted planted) {
  Subject subject(planted);
  Recorder recorder;
  st::testing::connector_contract(subject, recorder);
  return std::move(recorder.found);
}

}  // namespace

TEST_CASE("a connector that keeps the contract passes the suite, and each of its lists is asked about") {
  const Found found = found_in(Planted::nothing);
  for (const std::string& failure : found.failed) FAIL_CHECK(failure);
  for (const char* list : {"offers", "warehouses", "FBO stock", "FBS stock", "orders", "prices"}) {
    for (const char* check : {"an endless list ends as a contradiction: ", "a list that is null harms nothing: ",
                              "lists that are null have no rows: ", "a row that says nothing costs no other row: ",
                              "a row that is null costs no other row: ", "a row of empty texts costs no other row: ",
                              "a row of other types costs no other row: ", "a byte order mark is skipped: "}) {
      const std::string name = std::string(check) + list;
      CAPTURE(name);
      CHECK(found.asked(name));
    }
  }
}

TEST_CASE("each planted fault is found by the check that is named after it, in every list") {
  struct Case {
    Planted planted;
    const char* check;
  };
  for (const Case& one : {Case{Planted::pages_without_end, "an endless list ends as a contradiction: "},
                          Case{Planted::end_taken_for_success, "an endless list ends as a contradiction: "},
                          Case{Planted::end_of_other_kind, "an endless list ends as a contradiction: "},
                          Case{Planted::null_throws, "a list that is null harms nothing: "},
                          Case{Planted::null_throws, "lists that are null have no rows: "},
                          Case{Planted::odd_row_fails_all, "a row that says nothing costs no other row: "},
                          Case{Planted::odd_row_loses_page, "a row that says nothing costs no other row: "},
                          Case{Planted::odd_row_unsaid, "a row that says nothing costs no other row: "},
                          Case{Planted::odd_row_without_why, "a row that says nothing costs no other row: "},
                          Case{Planted::empty_identity, "a row of empty texts costs no other row: "},
                          Case{Planted::mark_is_no_json, "a byte order mark is skipped: "},
                          Case{Planted::refusal_without_why, "a refusal without words is an error that says why: "},
                          Case{Planted::refusal_is_data, "a refusal without words is an error that says why: "}}) {
    const Found found = found_in(one.planted);
    for (const char* list : {"offers", "FBO stock", "FBS stock", "orders", "prices"}) {
      CAPTURE(static_cast<int>(one.planted), one.check, list);
      CHECK(found.has(std::string(one.check) + list));
    }
  }
}
