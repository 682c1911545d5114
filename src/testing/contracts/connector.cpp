// The suite of connectors: access, errors, limits, cancellation.
#include <stocktracker/testing/connector_contract.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "testing/contracts/connector_limits.hpp"
#include "testing/contracts/connector_lists.hpp"
#include "testing/contracts/connector_truth.hpp"

namespace stocktracker::inline v0::testing {
namespace {

class Offers final : public OfferSink {
 public:
  Result<void> offers(std::span<const OfferRow> page) override {
    for (const OfferRow& row : page) {
      std::string text;
      for (const std::string_view part : {row.listing, row.article, row.title, row.brand, row.size})
        text.append(part).append(1, '|');
      for (const std::string_view code : row.barcodes) text.append(code).append(1, ',');
      by_key[std::string(row.key)] = text;
    }
    return success();
  }
  Known by_key;
};

class Warehouses final : public WarehouseSink {
 public:
  Result<void> warehouses(std::span<const WarehouseRow> page) override {
    for (const WarehouseRow& row : page) keys.emplace_back(row.key);
    return success();
  }
  std::vector<std::string> keys;
};

class Rows final : public StockSink {
 public:
  Result<void> rows(StockPage&& page) override {
    pages.push_back(std::move(page));
    return pages.back().check();
  }
  void restart() override { pages.clear(); }
  std::vector<StockPage> pages;
};

class Orders final : public OrderSink {
 public:
  Result<void> lines(std::span<const OrderLineRow> page) override {
    for (const OrderLineRow& row : page) {
      by_key[std::string(row.key)] = {row.ordered_at, row.changed_at, row.quantity, row.status, !row.offer.empty()};
    }
    return success();
  }
  void restart() override { by_key.clear(); }
  struct Line {
    Instant ordered_at;
    Instant changed_at;
    std::int64_t quantity = 0;
    OrderStatus status = OrderStatus::placed;
    bool has_offer = false;
  };
  std::map<std::string, Line> by_key;
};

class Prices final : public PriceSink {
 public:
  Result<void> prices(std::span<const PriceRow> page) override {
    for (const PriceRow& row : page) by_offer.insert_or_assign(std::string(row.offer), row.price);
    return success();
  }
  std::map<std::string, Money> by_offer;
};

void check_page(const StockPage& page, const Capabilities& capabilities, Check& check) {
  check.expect_ok(page.check(), "rows that can be right");
  for (std::size_t row = 0; row < page.rows(); ++row) {
    check.expect(page.row(row).offer.numeric() == capabilities.numeric_offer_keys, "keys of the promised form");
  }
  std::set<std::pair<WarehouseKind, std::string>> seen;
  for (std::size_t at = 0; at < page.warehouses(); ++at) {
    const Warehouse& warehouse = page.warehouse(at);
    check.expect(!warehouse.key.empty() && seen.emplace(warehouse.kind, warehouse.key).second, "each warehouse once");
  }
}

Account reads(Connector& connector, Check& check) {
  Account account;
  check.begin("an account reads the same twice");
  const auto seller = connector.verify_credentials({});
  const auto again = connector.verify_credentials({});
  if (check.expect_ok(seller, "seller") && check.expect_ok(again, "seller again")) {
    check.expect(!seller.value().key.empty() && seller.value().key == again.value().key, "one identity");
  }
  Offers offers;
  Offers repeated;
  if (!check.expect_ok(connector.list_offers(offers, {}), "offers") ||
      !check.expect_ok(connector.list_offers(repeated, {}), "offers again"))
    return account;
  check.expect(!offers.by_key.empty() && offers.by_key == repeated.by_key, "the same offers");
  check.expect(offers.by_key.count("") == 0, "every offer has a key");
  account.offers = offers.by_key;
  for (const auto& [key, text] : offers.by_key) account.offer_keys.push_back(key);

  check.begin("stock of the marketplace's warehouses");
  Rows fbo;
  if (check.expect_ok(connector.fetch_stock(account.fbo(connector), fbo, {}), "fetched")) {
    for (const StockPage& page : fbo.pages) check_page(page, connector.capabilities(), check);
  }

  check.begin("stock of the seller's warehouses");
  Warehouses warehouses;
  if (!check.expect_ok(connector.list_warehouses(warehouses, {}), "warehouses")) return account;
  account.warehouses = warehouses.keys;
  check.expect(!warehouses.keys.empty(), "there is one");
  std::vector<std::string> asked;
  for (const auto& [key, text] : offers.by_key) {
    if (asked.size() * 2 < offers.by_key.size()) asked.push_back(key);
  }
  for (const std::string& warehouse : warehouses.keys) {
    Rows fbs;
    if (!check.expect_ok(connector.fetch_stock({StockKind::fbs, warehouse, "name", asked}, fbs, {}), "fetched"))
      continue;
    for (const StockPage& page : fbs.pages) {
      check_page(page, connector.capabilities(), check);
      for (std::size_t row = 0; row < page.rows(); ++row) {
        check.expect(std::find(asked.begin(), asked.end(), page.row(row).offer.to_text()) != asked.end(),
                     "only what was asked for");
      }
    }
  }
  return account;
}

void reads_orders(Connector& connector, const Known& offers, Check& check) {
  Prices prices;
  Orders orders;
  if (connector.capabilities().prices) {
    check.begin("prices");
    if (check.expect_ok(connector.fetch_prices(prices, {}), "fetched")) {
      check.expect(!prices.by_offer.empty(), "there are some");
      for (const auto& [offer, price] : prices.by_offer) {
        check.expect(offers.count(offer) == 1, "of an offer of the account: " + offer);
        check.expect(price.minor() >= 0, "not negative");
      }
    }
  } else {
    check.expect_error(connector.fetch_prices(prices, {}), Errc::unsupported, "prices that are not read");
  }
  if (!connector.capabilities().orders) {
    check.expect_error(connector.fetch_orders({}, orders, {}), Errc::unsupported, "orders that are not read");
    return;
  }
  check.begin("orders, from as far back as the channel goes");
  const auto all = connector.fetch_orders({Instant::from_seconds(0)}, orders, {});
  if (!check.expect_ok(all, "fetched")) return;
  check.expect(all.value().from < all.value().until, "a period is covered");
  check.expect(!orders.by_key.empty() && orders.by_key.count("") == 0, "lines with identities");
  for (const auto& [key, line] : orders.by_key) {
    check.expect(line.quantity >= 1 && line.has_offer, "a line is of units of an offer: " + key);
    check.expect(line.ordered_at <= line.changed_at && line.changed_at <= all.value().until, "times in order: " + key);
  }
  check.begin("orders, from where the last answer ended");
  Orders later;
  const auto rest = connector.fetch_orders({all.value().until}, later, {});
  if (!check.expect_ok(rest, "fetched")) return;
  check.expect(rest.value().until >= all.value().until, "time goes on");
  check.expect(rest.value().from <= all.value().until, "no gap");
  check.expect(later.by_key.size() <= orders.by_key.size(), "not everything again");
}

template <class Call>
void every_call(Connector& connector, const Account& account, const CallContext& context, Call&& expect) {
  Offers offers;
  Warehouses warehouses;
  Rows rows;
  Orders orders;
  Prices prices;
  expect("verify_credentials", connector.verify_credentials(context));
  expect("list_offers", connector.list_offers(offers, context));
  expect("list_warehouses", connector.list_warehouses(warehouses, context));
  expect("fetch_stock", connector.fetch_stock(account.fbo(connector), rows, context));
  if (connector.capabilities().orders) expect("fetch_orders", connector.fetch_orders({}, orders, context));
  if (connector.capabilities().prices) expect("fetch_prices", connector.fetch_prices(prices, context));
  const bool nothing = offers.by_key.empty() && warehouses.keys.empty() && rows.pages.empty() &&
                       orders.by_key.empty() && prices.by_offer.empty();
  expect("nothing was delivered", nothing ? Result<void>(Error(Errc::cancelled)) : Result<void>(success()));
}

void limits(Connector& connector, const Account& account, Check& check) {
  check.begin("a stop request or a passed deadline ends every call");
  std::stop_source source;
  source.request_stop();
  CallContext stopped;
  stopped.stop = source.get_token();
  every_call(connector, account, stopped,
             [&](const char* what, const auto& result) { check.expect_error(result, Errc::cancelled, what); });
  CallContext late;
  late.deadline = Instant::from_seconds(1);
  every_call(connector, account, late, [&](std::string_view what, const auto& result) {
    if (what != "nothing was delivered") check.expect_error(result, Errc::deadline_exceeded, what);
  });
}

/// Changes complete answers.
class Changing final : public HttpTransport {
 public:
  using Change = std::function<void(HttpResponse&)>;
  Changing(std::shared_ptr<HttpTransport> next, Change change) : next_(std::move(next)), change_(std::move(change)) {}
  Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) override {
    STK_TRY(auto response, next_->send(request, context));
    change_(response);
    response.body.reserve(response.body.size() + kBodyPadding);
    return response;
  }

 private:
  const std::shared_ptr<HttpTransport> next_;
  const Change change_;
};

std::shared_ptr<Connector> changed(ConnectorSubject& subject, const Changing::Change& change) {
  return subject.through([&](std::shared_ptr<HttpTransport> next) -> std::shared_ptr<HttpTransport> {
    return std::make_shared<Changing>(std::move(next), change);
  });
}

void statuses(ConnectorSubject& subject, const Account& account, Check& check) {
  struct Expected {
    int status;
    std::optional<ErrorKind> kind;
  };
  for (const Expected expected :
       {Expected{401, ErrorKind::unauthenticated}, Expected{403, ErrorKind::denied}, Expected{404, std::nullopt},
        Expected{420, std::nullopt}, Expected{429, ErrorKind::rate_limited}, Expected{500, ErrorKind::unavailable},
        Expected{503, ErrorKind::unavailable}}) {
    auto connector = changed(subject, [&](HttpResponse& response) {
      response.status = expected.status;
      response.body = R"({"message":"no","title":"no"})";
    });
    if (!connector) connector = subject.with_status(expected.status);
    if (!connector) continue;
    check.begin("an answer with status " + std::to_string(expected.status) + " is an error, never data");
    every_call(*connector, account, {}, [&](std::string_view what, const auto& result) {
      if (what == "nothing was delivered") return check.expect_error(result, Errc::cancelled, what);
      check.expect(!result && (!expected.kind || result.error().kind() == *expected.kind) &&
                       result.error().details().http_status == expected.status,
                   std::string(what) + ": " + (result ? std::string("success") : result.error().text()));
    });
  }
}

/// Adds an unknown member to the beginning of every object.
std::string with_news(std::string_view json) {
  std::string out;
  bool text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    out += json[i];
    if (text && json[i] == '\\')
      out += json[++i];
    else if (json[i] == '"')
      text = !text;
    if (text || json[i] != '{') continue;
    const std::size_t next = json.find_first_not_of(" \t\r\n", i + 1);
    out += R"("newer":{"than":[null,"{",1.5]})";
    if (next < json.size() && json[next] != '}') out += ',';
  }
  return out;
}

void bodies(ConnectorSubject& subject, const Account& account, Check& check) {
  const Known& known = account.offers;
  // The first half of a body that is not empty: broken JSON for every call.
  if (auto connector =
          changed(subject, [](HttpResponse& response) { response.body.resize(response.body.size() / 2); })) {
    check.begin("an answer that is cut in the middle is an error, never data");
    every_call(*connector, account, {}, [&](std::string_view what, const auto& result) {
      if (what == "nothing was delivered") return check.expect_error(result, Errc::cancelled, what);
      check.expect(!result, std::string(what) + " fails");
    });
  }
  if (auto connector = changed(subject, [](HttpResponse& response) { response.body = with_news(response.body); })) {
    check.begin("members that nobody knows change nothing");
    Offers offers;
    if (check.expect_ok(connector->list_offers(offers, {}), "offers")) {
      check.expect(offers.by_key == known, "the same offers");
    }
    every_call(*connector, account, {}, [&](std::string_view what, const auto& result) {
      if (what == "nothing was delivered") return;
      check.expect(result.has_value(), std::string(what) + ": " + (result ? std::string() : result.error().text()));
    });
  }
  std::stop_source source;
  std::size_t answered = 0;
  if (auto connector = changed(subject, [&](HttpResponse&) {
        ++answered;
        source.request_stop();
      })) {
    check.begin("a stop between two pages ends a call");
    Offers offers;
    CallContext context;
    context.stop = source.get_token();
    const auto stopped = connector->list_offers(offers, context);
    check.expect(answered == 1, "one request was made");
    check.expect(offers.by_key.size() < known.size() ? !stopped && stopped.error().errc() == Errc::cancelled : true,
                 "cancelled, unless everything was on one page");
  }
}

}  // namespace

ConnectorSubject::~ConnectorSubject() = default;
std::shared_ptr<Connector> ConnectorSubject::with_status(int) { return nullptr; }
std::optional<AccountTruth> ConnectorSubject::truth() { return std::nullopt; }
std::shared_ptr<Connector> ConnectorSubject::paged(const Pages&, Middle) { return nullptr; }

namespace {

void every_case(ConnectorSubject& given, Check& check) {
  WithinLimits subject(given);
  check.begin("a connector");
  auto connector = subject.connector();
  if (!check.expect_ok(connector, "made")) return;
  const Account account = reads(*connector.value(), check);
  reads_orders(*connector.value(), account.offers, check);
  limits(*connector.value(), account, check);
  statuses(subject, account, check);
  bodies(subject, account, check);
  if (!account.offers.empty()) check_lists(subject, account, check);
  check_secrets(subject, check);
  check_truth(subject, check);
  subject.expect_none(check);
}

}  // namespace

void connector_contract(ConnectorSubject& subject, Check& check) {
  try {
    every_case(subject, check);
  } catch (const std::exception& thrown) {
    check.begin("a connector returns its errors, and throws nothing");
    check.expect(false, std::string("it threw, and what follows was not checked: ") + thrown.what());
  }
}

}  // namespace stocktracker::inline v0::testing
