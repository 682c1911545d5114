// A connector of one's own: a shop's JSON API that this library does not know, page by page, with its limits, and the
// contract suite over it. A connector is four questions; sync, ledger, limits and retries are the engine's.
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/http/auth.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/check.hpp>
#include <stocktracker/testing/connector_contract.hpp>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <set>

namespace st = stocktracker;

namespace {

constexpr st::Channel kCorner{"corner_shop"};
constexpr st::Capabilities kCan{.channel = kCorner,
                                .zone = "Europe/Moscow",
                                .numeric_offer_keys = false,
                                .fbo_absent = st::Absent::zero,
                                .fbs_absent = st::Absent::unknown};

// More than that is no quantity of a shop.
constexpr std::int64_t kMostUnits = 1'000'000'000;

// The key is a header, which reaches the wire and nothing else.
class Key final : public st::Authorizer {
 public:
  explicit Key(st::Secret key) : key_(std::move(key)) {}
  st::Result<void> authorize(st::HttpRequest& request, st::Instant) override {
    request.secret_headers.push_back({"X-Key", key_.clone()});
    return st::success();
  }

 private:
  st::Secret key_;
};

// The rows of a list, and the pages that hold their texts.
struct Row {
  std::string_view id;
  std::string_view title;
  st::JsonValue value;
};
struct Rows {
  std::vector<st::JsonDocument> pages;
  std::vector<Row> all;
};

st::Errc code_of(int status) {
  if (status == 401) return st::Errc::vendor_unauthorized;
  if (status == 403) return st::Errc::vendor_forbidden;
  if (status == 429) return st::Errc::vendor_throttled;
  return status >= 500 ? st::Errc::vendor_unavailable : st::Errc::vendor_rejected;
}

class CornerShop final : public st::Connector {
 public:
  CornerShop(st::Secret key, const st::ConnectorPorts& ports)
      : clock_(ports.clock),
        transport_(st::with_auth(std::make_shared<Key>(std::move(key)), ports.transport, ports.clock)) {}

  const st::Capabilities& capabilities() const noexcept override { return kCan; }

  st::Result<st::SellerIdentity> verify_credentials(const st::CallContext& context) override {
    STK_TRY(const auto me, ask("/me", "corner_shop.me", "", context));
    STK_TRY(const auto id, me.root().string("id"));
    STK_TRY(const auto name, me.root().string("name"));
    const std::lock_guard lock(mutex_);
    seller_ = id;
    return st::SellerIdentity{seller_, std::string(name)};
  }

  st::Result<void> list_offers(st::OfferSink& sink, const st::CallContext& context) override {
    STK_TRY(const auto rows, ask_rows("/stock", "corner_shop.stock", sink, context));
    std::vector<st::OfferRow> page;
    for (const Row& row : rows.all) page.push_back({.key = row.id, .article = row.id, .title = row.title});
    return sink.offers(page);
  }

  st::Result<void> list_warehouses(st::WarehouseSink& sink, const st::CallContext& context) override {
    STK_TRY(const auto rows, ask_rows("/places", "corner_shop.places", sink, context));
    std::vector<st::WarehouseRow> page;
    for (const Row& row : rows.all) page.push_back({row.id, row.title, true});
    return sink.warehouses(page);
  }

  st::Result<void> fetch_stock(const st::StockQuery& query, st::StockSink& sink,
                               const st::CallContext& context) override {
    const bool own = query.kind == st::StockKind::fbs;
    STK_TRY(const auto rows, own ? ask_rows("/stock", "corner_shop.stock", sink, context)
                                 : ask_rows("/depot", "corner_shop.depot", sink, context));
    const std::set<std::string_view> asked(query.offers.begin(), query.offers.end());
    st::StockPage page;
    const auto warehouse =
        page.add_warehouse(own ? st::Warehouse{std::string(query.warehouse), std::string(query.warehouse_name), "",
                                               st::WarehouseKind::seller}
                               : st::Warehouse{"depot", "Depot", "", st::WarehouseKind::marketplace});
    for (const Row& row : rows.all) {
      if (own && asked.count(row.id) == 0) continue;  // an answer is about what was asked
      const auto free = row.value.integer("free");
      const std::int64_t units = free ? free.value() : kMostUnits + 1;
      if (units > kMostUnits) {
        // One odd row costs no other: it is reported and left out, and the engine keeps what it knows of that offer.
        sink.odd_row({st::RowOddity::unreadable, "free is not a quantity", row.value.path(), row.id});
        continue;
      }
      if (units < 0) sink.odd_row({st::RowOddity::oversold, "free is below 0", row.value.path(), row.id});
      page.push({.offer = row.id, .warehouse = warehouse, .on_hand = std::max<std::int64_t>(0, units)});
    }
    return sink.rows(std::move(page));
  }

 private:
  // Limits are the seller's: who that is, the shop itself says.
  st::Result<std::string> seller(const st::CallContext& context) {
    {
      const std::lock_guard lock(mutex_);
      if (!seller_.empty()) return seller_;
    }
    STK_TRY(const auto me, verify_credentials(context));
    return me.key;
  }

  st::Result<Rows> ask_rows(std::string_view path, std::string_view operation, st::AnswerSink& sink,
                            const st::CallContext& context) {
    STK_TRY(const auto owner, seller(context));
    Rows rows;
    std::set<std::string_view> seen;
    for (std::string after; rows.pages.empty() || !after.empty();) {
      st::UrlQuery url{std::string(path)};
      if (!after.empty()) url.add("after", after);
      STK_TRY(auto page, ask(url.url(), operation, owner, context));
      STK_TRY(const auto list, page.root().array("rows"));
      for (const st::JsonValue row : list) {
        const auto id = row.string("id");
        const auto title = row.string("title");
        if (!id || !title || id.value().empty()) {
          const auto why = !id ? id.error() : !title ? title.error() : row.error("has no id");
          sink.odd_row({st::RowOddity::unreadable, why.message(), row.path(), ""});
          continue;
        }
        if (!seen.insert(id.value()).second) return row.error("comes a second time");
        rows.all.push_back({id.value(), title.value(), row});
      }
      STK_TRY(const auto next, page.root().member("next"));  // null on the last page; missing: this is no complete page
      after.clear();
      if (!next.is_null()) {
        STK_TRY(after, next.string());
        if (list.size() == 0) return next.error("follows an empty page");
      }
      rows.pages.push_back(std::move(page));
    }
    return rows;
  }

  st::Result<st::JsonDocument> ask(const std::string& path, std::string_view operation, std::string_view owner,
                                   const st::CallContext& context) const {
    STK_TRY(context.check(clock_->now()));
    st::HttpRequest request;
    request.url = "https://corner.example" + path;
    request.operation = operation;
    request.quota = {"corner_shop", std::string(owner), "", "all"};
    STK_TRY(auto response, transport_->send(request, context));
    if (response.status != 200) {
      st::ErrorDetails details;
      details.vendor = "corner_shop";
      details.operation = operation;
      details.http_status = response.status;
      details.retryable = response.status == 429 || response.status >= 500;
      return st::Error(code_of(response.status), std::move(details));
    }
    return st::JsonDocument::parse(std::move(response.body), {.code = st::Errc::vendor_schema});
  }

  std::shared_ptr<st::Clock> clock_;
  std::shared_ptr<st::HttpTransport> transport_;
  std::mutex mutex_;
  std::string seller_;  ///< empty: not asked for yet
};

class CornerShops final : public st::ConnectorFactory {
 public:
  st::Channel channel() const noexcept override { return kCorner; }
  st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials& credentials,
                                                     const st::ConnectorPorts& ports) override {
    const st::Secret* key = credentials.find("key");
    if (key == nullptr) return st::Error(st::Errc::credentials_missing, "the shop needs a key").about("key");
    return std::make_shared<CornerShop>(key->clone(), ports);
  }
  // The engine keeps within them before anything is sent, and shares them with other processes.
  st::Result<st::LimitTable> limits() const override {
    return st::LimitTable::parse(R"({"format": 1, "vendors": {"corner_shop": {"source": "the shop's manual",
        "limits": [{"category": "all", "requests": 60, "period": "1m", "interval": "1s", "burst": 10}]}}})");
  }
};

// The shop itself, in ten lines, so that the example needs no network.
class Shop final : public st::HttpTransport {
 public:
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    const auto answer = [](const char* body) { return st::HttpResponse{200, {}, body}; };
    if (request.url.ends_with("/me")) return answer(R"({"id":"77","name":"The corner shop"})");
    if (request.url.ends_with("/places"))
      return answer(R"({"rows":[{"id":"cellar","title":"The cellar"}],"next":null})");
    if (request.url.ends_with("/depot")) return answer(R"({"rows":[{"id":"007","title":"Mug","free":4}],"next":null})");
    // Two pages; a bowl too many is sold.
    if (request.url.ends_with("/stock?after=8%2F9")) {
      return answer(
          R"({"rows":[{"id":"9","title":"Bowl","free":-1},{"id":"10","title":"Jug","free":"some"}],"next":null})");
    }
    return answer(
        R"({"rows":[{"id":"007","title":"Mug","free":12},{"id":"8","title":"Plate","free":0}],"next":"8/9"})");
  }
};

class Subject final : public st::testing::ConnectorSubject {
 public:
  st::Result<std::shared_ptr<st::Connector>> connector() override { return make(std::make_shared<Shop>()); }
  std::shared_ptr<st::Connector> through(Middle middle) override {
    return make(middle(std::make_shared<Shop>())).value();
  }

 private:
  st::Result<std::shared_ptr<st::Connector>> make(std::shared_ptr<st::HttpTransport> transport) {
    st::Credentials credentials;
    credentials.channel = kCorner;
    credentials.parts.push_back({"key", st::Secret::copy_of("key-of-the-shop")});
    return CornerShops().connect(credentials, {std::move(transport), st::make_system_clock(), {}, {}});
  }
};

// What the suite found; any test framework can take its place.
class Findings final : public st::testing::Check {
 public:
  int failed = 0;
  void begin(std::string_view) override {}
  void expect(bool holds, std::string_view what) override {
    if (holds) return;
    ++failed;
    std::printf("contract: %.*s\n", static_cast<int>(what.size()), what.data());
  }
};

st::Result<void> run() {
  Subject subject;
  Findings findings;
  st::testing::connector_contract(subject, findings);
  if (findings.failed > 0) return st::Error(st::Errc::internal, "the connector breaks its contract");

  STK_TRY(auto engine, st::open({.path = ":memory:",
                                 .transport = std::make_shared<Shop>(),
                                 .connectors = {std::make_shared<CornerShops>()}}));
  st::Credentials credentials;
  credentials.channel = kCorner;
  credentials.parts.push_back({"key", st::Secret::copy_of("key-of-the-shop")});
  STK_TRY(const auto account, engine.accounts().connect(std::move(credentials), {.label = "corner"}));
  STK_TRY(const auto synced, engine.sync().run(account.id));
  STK_TRY(const auto total, engine.stock().total(account.id));
  std::printf("%s: %s, %lld units (%lld in the depot)\n", account.label.c_str(), to_string(synced.state),
              static_cast<long long>(total.on_hand.units()), static_cast<long long>(total.fbo.units()));
  return total.on_hand.units() == 16 ? st::Result<void>(st::success()) : st::Result<void>(st::Errc::internal);
}

}  // namespace

int main() {
  const auto ran = run();
  if (!ran) std::fprintf(stderr, "%s\n", ran.error().text().c_str());
  return ran ? 0 : 1;
}
