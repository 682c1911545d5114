// A connector of one's own: a shop's API that this library does not know, with its limits, and the contract suite over
// it. A connector is four questions; sync, ledger, limits and retries are the engine's.
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/http/auth.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/check.hpp>
#include <stocktracker/testing/connector_contract.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
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

// The shop speaks lines: "sku;title;free". The key is a header, which reaches the wire and nothing else.
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

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(by), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return parts;
}

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
    STK_TRY(const auto rows, ask("/me", "corner_shop.me", 2, context));
    if (rows.size() != 1) return st::Error(st::Errc::vendor_schema, "one seller was expected");
    return st::SellerIdentity{std::string(rows[0][0]), std::string(rows[0][1])};
  }

  st::Result<void> list_offers(st::OfferSink& sink, const st::CallContext& context) override {
    STK_TRY(const auto rows, ask("/stock", "corner_shop.stock", 3, context));
    std::vector<st::OfferRow> page;
    for (const auto& row : rows) page.push_back({.key = row[0], .article = row[0], .title = row[1]});
    return sink.offers(page);
  }

  st::Result<void> list_warehouses(st::WarehouseSink& sink, const st::CallContext& context) override {
    STK_TRY(const auto rows, ask("/places", "corner_shop.places", 2, context));
    std::vector<st::WarehouseRow> page;
    for (const auto& row : rows) page.push_back({row[0], row[1], true});
    return sink.warehouses(page);
  }

  st::Result<void> fetch_stock(const st::StockQuery& query, st::StockSink& sink,
                               const st::CallContext& context) override {
    const bool own = query.kind == st::StockKind::fbs;
    STK_TRY(const auto rows,
            own ? ask("/stock", "corner_shop.stock", 3, context) : ask("/depot", "corner_shop.depot", 3, context));
    const std::set<std::string_view> asked(query.offers.begin(), query.offers.end());
    st::StockPage page;
    const auto warehouse =
        page.add_warehouse(own ? st::Warehouse{std::string(query.warehouse), std::string(query.warehouse_name), "",
                                               st::WarehouseKind::seller}
                               : st::Warehouse{"depot", "Depot", "", st::WarehouseKind::marketplace});
    for (std::size_t n = 0; n < rows.size(); ++n) {
      const auto& row = rows[n];
      if (own && asked.count(row[0]) == 0) continue;  // an answer is about what was asked
      const std::string place = "line " + std::to_string(n + 1);
      std::int64_t units = 0;
      const auto read = std::from_chars(row[2].data(), row[2].data() + row[2].size(), units);
      if (read.ec != std::errc() || read.ptr != row[2].data() + row[2].size() || units > kMostUnits) {
        // One odd row costs no other: it is reported and left out, and the engine keeps what it knows of that offer.
        sink.odd_row({st::RowOddity::unreadable, "free is not a quantity", place, row[0]});
        continue;
      }
      if (units < 0) sink.odd_row({st::RowOddity::oversold, "free is below 0", place, row[0]});
      page.push({.offer = row[0], .warehouse = warehouse, .on_hand = std::max<std::int64_t>(0, units)});
    }
    return sink.rows(std::move(page));
  }

 private:
  // Cells of the answer's lines.
  st::Result<std::vector<std::vector<std::string>>> ask(std::string_view path, std::string_view operation,
                                                        std::size_t cells, const st::CallContext& context) const {
    STK_TRY(context.check(clock_->now()));
    st::HttpRequest request;
    request.url = "https://corner.example" + std::string(path);
    request.operation = operation;
    request.quota = {"corner_shop", "the seller", "", "all"};
    STK_TRY(const auto response, transport_->send(request, context));
    if (response.status != 200) {
      st::ErrorDetails details;
      details.vendor = "corner_shop";
      details.operation = operation;
      details.http_status = response.status;
      details.retryable = response.status == 429 || response.status >= 500;
      return st::Error(code_of(response.status), std::move(details));
    }
    // Half an answer must not look like a short one: the last line says that it is the last.
    std::vector<std::vector<std::string>> rows;
    bool complete = false;
    for (const std::string_view line : split(response.body, '\n')) {
      complete = line == "end";
      if (complete) break;
      const auto parts = split(line, ';');
      if (parts.size() != cells)
        return st::Error(st::Errc::vendor_schema, "a line has too few cells").during(operation);
      rows.emplace_back(parts.begin(), parts.end());
    }
    if (!complete) return st::Error(st::Errc::body_truncated, "the answer has no end").during(operation).may_retry();
    return rows;
  }

  std::shared_ptr<st::Clock> clock_;
  std::shared_ptr<st::HttpTransport> transport_;
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
  st::LimitTable limits() const override {
    auto table = st::LimitTable::parse(R"({"format": 1, "vendors": {"corner_shop": {"source": "the shop's manual",
        "limits": [{"category": "all", "requests": 60, "period": "1m", "interval": "1s", "burst": 10}]}}})");
    return table ? std::move(table).value() : st::LimitTable();
  }
};

// The shop itself, in ten lines, so that the example needs no network.
class Shop final : public st::HttpTransport {
 public:
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    const auto answer = [](const char* body) { return st::HttpResponse{200, {}, body}; };
    if (request.url.ends_with("/me")) return answer("77;The corner shop\nend\n");
    if (request.url.ends_with("/places")) return answer("cellar;The cellar\nend\n");
    if (request.url.ends_with("/depot")) return answer("007;Mug;4\nend\n");
    return answer("007;Mug;12\n8;Plate;0\n9;Bowl;-1\n10;Jug;some\nend\n");  // a bowl too many is sold
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
    credentials.parts.push_back({"key", st::Secret::copy_of("k")});
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
  credentials.parts.push_back({"key", st::Secret::copy_of("k")});
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
