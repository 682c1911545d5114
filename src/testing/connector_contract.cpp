#include <stocktracker/testing/connector_contract.hpp>

#include <algorithm>
#include <map>
#include <set>

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
  std::map<std::string, std::string> by_key;
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
  Result<void> rows(StockColumns&& page) override {
    pages.push_back(std::move(page));
    return success();
  }
  void restart() override { pages.clear(); }
  std::vector<StockColumns> pages;
};

void check_columns(const StockColumns& page, const Capabilities& capabilities, Check& check) {
  const std::size_t rows = page.rows();
  const auto fits = [&](const std::vector<std::int64_t>& column) { return column.empty() || column.size() == rows; };
  check.expect(page.offer.size() == rows && page.warehouse.size() == rows && fits(page.reserved) &&
                   fits(page.to_client) && fits(page.from_client) &&
                   (page.listing.size() == 0 || page.listing.size() == rows),
               "columns of equal length");
  check.expect(rows == 0 || page.offer.numeric() == capabilities.numeric_offer_keys, "keys of the promised form");
  for (const auto* column : {&page.on_hand, &page.reserved, &page.to_client, &page.from_client}) {
    check.expect(std::all_of(column->begin(), column->end(), [](std::int64_t v) { return v >= 0; }),
                 "no negative quantity");
  }
  check.expect(std::all_of(page.warehouse.begin(), page.warehouse.end(),
                           [&](std::uint32_t i) { return i < page.warehouses.size(); }),
               "warehouses exist");
  std::set<std::pair<WarehouseKind, std::string>> seen;
  for (const Warehouse& warehouse : page.warehouses) {
    check.expect(!warehouse.key.empty() && seen.emplace(warehouse.kind, warehouse.key).second, "each warehouse once");
  }
}

void reads(Connector& connector, Check& check) {
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
    return;
  check.expect(!offers.by_key.empty() && offers.by_key == repeated.by_key, "the same offers");
  check.expect(offers.by_key.count("") == 0, "every offer has a key");

  check.begin("stock of the marketplace's warehouses");
  Rows fbo;
  if (check.expect_ok(connector.fetch_stock({.kind = StockKind::fbo}, fbo, {}), "fetched")) {
    for (const StockColumns& page : fbo.pages) check_columns(page, connector.capabilities(), check);
  }

  check.begin("stock of the seller's warehouses");
  Warehouses warehouses;
  if (!check.expect_ok(connector.list_warehouses(warehouses, {}), "warehouses")) return;
  check.expect(!warehouses.keys.empty(), "there is one");
  std::vector<std::string> asked;
  for (const auto& [key, text] : offers.by_key) {
    if (asked.size() * 2 < offers.by_key.size()) asked.push_back(key);
  }
  for (const std::string& warehouse : warehouses.keys) {
    Rows fbs;
    if (!check.expect_ok(connector.fetch_stock({StockKind::fbs, warehouse, "name", asked}, fbs, {}), "fetched"))
      continue;
    for (const StockColumns& page : fbs.pages) {
      check_columns(page, connector.capabilities(), check);
      for (std::size_t row = 0; row < page.rows(); ++row) {
        check.expect(std::find(asked.begin(), asked.end(), page.offer.to_text(row)) != asked.end(),
                     "only what was asked for");
      }
    }
  }
}

template <class Call>
void every_call(Connector& connector, const CallContext& context, Call&& expect) {
  Offers offers;
  Warehouses warehouses;
  Rows rows;
  expect("verify_credentials", connector.verify_credentials(context));
  expect("list_offers", connector.list_offers(offers, context));
  expect("list_warehouses", connector.list_warehouses(warehouses, context));
  expect("fetch_stock", connector.fetch_stock({.kind = StockKind::fbo}, rows, context));
  expect("nothing was delivered", Result<void>(offers.by_key.empty() && warehouses.keys.empty() && rows.pages.empty()
                                                   ? Result<void>(Error(Errc::cancelled))
                                                   : Result<void>(success())));
}

void limits(Connector& connector, Check& check) {
  check.begin("a stop request or a passed deadline ends every call");
  std::stop_source source;
  source.request_stop();
  CallContext stopped;
  stopped.stop = source.get_token();
  every_call(connector, stopped,
             [&](const char* what, const auto& result) { check.expect_error(result, Errc::cancelled, what); });
  CallContext late;
  late.deadline = Instant::from_seconds(1);
  every_call(connector, late, [&](std::string_view what, const auto& result) {
    if (what != "nothing was delivered") check.expect_error(result, Errc::deadline_exceeded, what);
  });
}

void statuses(ConnectorSubject& subject, Check& check) {
  struct Expected {
    int status;
    ErrorKind kind;
  };
  for (const Expected expected : {Expected{401, ErrorKind::unauthenticated}, Expected{403, ErrorKind::denied},
                                  Expected{429, ErrorKind::rate_limited}, Expected{500, ErrorKind::unavailable},
                                  Expected{503, ErrorKind::unavailable}}) {
    auto connector = subject.with_status(expected.status);
    if (!connector) continue;
    check.begin("an answer with status " + std::to_string(expected.status) + " is an error, never data");
    every_call(*connector, {}, [&](std::string_view what, const auto& result) {
      if (what == "nothing was delivered") return check.expect_error(result, Errc::cancelled, what);
      check.expect(
          !result && result.error().kind() == expected.kind && result.error().details().http_status == expected.status,
          std::string(what) + ": " + (result ? std::string("success") : result.error().text()));
    });
  }
}

}  // namespace

ConnectorSubject::~ConnectorSubject() = default;

void connector_contract(ConnectorSubject& subject, Check& check) {
  check.begin("a connector");
  auto connector = subject.connector();
  if (!check.expect_ok(connector, "made")) return;
  reads(*connector.value(), check);
  limits(*connector.value(), check);
  statuses(subject, check);
}

}  // namespace stocktracker::inline v0::testing
