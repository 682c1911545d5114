#include <algorithm>
#include <charconv>

#include <stocktracker/adapters/wildberries.hpp>

#include "adapters/wildberries/cards.hpp"
#include "adapters/wildberries/error_map.hpp"
#include "adapters/wildberries/seller_stock.hpp"
#include "adapters/wildberries/stock_page.hpp"
#include "core/hash.hpp"
#include "json/document.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

constexpr int kRestarts = 2;

/// A request of one method, without its body and token.
HttpRequest request_for(HttpMethod method, std::string url, std::string_view operation, std::string_view category) {
  HttpRequest request;
  request.method = method;
  request.url = std::move(url);
  request.headers.push_back({"Accept", "application/json"});
  if (method == HttpMethod::post) request.headers.push_back({"Content-Type", "application/json"});
  request.operation = operation;
  request.quota.vendor = "wildberries";
  request.quota.category = category;
  return request;
}

class WildberriesConnector final : public Connector {
 public:
  WildberriesConnector(const Options& options, Secret token, ConnectorPorts ports)
      : options_(options), token_(std::move(token)), ports_(std::move(ports)) {}

  const Capabilities& capabilities() const noexcept override { return wildberries::capabilities(); }

  Result<SellerIdentity> verify_credentials(const CallContext& context) override {
    STK_TRY(const auto response, send(request_for(HttpMethod::get, options_.hosts.common + "/api/v1/seller-info",
                                                  "wildberries.seller_info", "common"),
                                      context));
    STK_TRY(const auto document, json::Document::parse(response.body));
    const auto sid = document.root()["sid"].text();
    if (!sid || sid->empty()) return Error(Errc::vendor_schema, "sid is missing").about("sid");
    return SellerIdentity{std::string(*sid), std::string(document.root()["name"].text().value_or(""))};
  }

  Result<void> list_offers(OfferSink& sink, const CallContext& context) override {
    std::optional<CardCursor> cursor;
    while (true) {
      auto request = request_for(HttpMethod::post, options_.hosts.content + "/content/v2/get/cards/list",
                                 "wildberries.cards_list", "content");
      request.body = cards_request(options_.cards_per_page, cursor ? &*cursor : nullptr);
      STK_TRY(const auto response, send(std::move(request), context));
      STK_TRY(auto next, in_operation("wildberries.cards_list", decode_cards_page(response.body, sink)));
      if (next.total < options_.cards_per_page) return success();
      if (cursor && next.updated_at == cursor->updated_at && next.nm_id == cursor->nm_id) {
        return Error(Errc::vendor_schema, "the cursor of the card list does not move")
            .during("wildberries.cards_list")
            .may_retry();
      }
      cursor = std::move(next);
    }
  }

  Result<void> list_warehouses(WarehouseSink& sink, const CallContext& context) override {
    STK_TRY(const auto response, send(request_for(HttpMethod::get, options_.hosts.marketplace + "/api/v3/warehouses",
                                                  "wildberries.warehouses", "marketplace"),
                                      context));
    return in_operation("wildberries.warehouses", decode_warehouses(response.body, sink));
  }

  Result<void> fetch_stock(const StockQuery& query, StockSink& sink, const CallContext& context) override {
    return query.kind == StockKind::fbo ? fetch_marketplace_stock(sink, context)
                                        : fetch_seller_stock(query, sink, context);
  }

 private:
  template <class T>
  static Result<T> in_operation(std::string_view operation, Result<T> result) {
    if (result) return result;
    return std::move(result).error().during(operation);
  }

  Result<HttpResponse> send(HttpRequest request, const CallContext& context) {
    STK_TRY(context.check(ports_.clock->now()));
    request.secret_headers.push_back({"Authorization", token_.clone()});
    STK_TRY(auto response, ports_.transport->send(request, context));
    STK_TRY(judge(request, response, ports_.clock->now()));
    return response;
  }

  /// Offset paging over a report that is rebuilt every half hour can skip or repeat rows: one page is the rule, and
  /// several pages count only when no rebuild fell between them.
  Result<void> fetch_marketplace_stock(StockSink& sink, const CallContext& context) {
    for (int attempt = 0; attempt <= kRestarts; ++attempt) {
      if (attempt > 0) sink.restart();
      const std::int64_t built = build_number();
      std::int64_t offset = 0;
      std::string last_digest;
      while (true) {
        STK_TRY(const std::int64_t rows, fetch_page(offset, sink, last_digest, context));
        offset += rows;
        if (rows < options_.stock_rows_per_page) break;
      }
      if (offset < options_.stock_rows_per_page || build_number() == built) return success();
    }
    return Error(Errc::vendor_rebuilt, "the report was rebuilt between its pages, three times")
        .during("wildberries.wb_warehouses")
        .may_retry();
  }

  [[nodiscard]] std::int64_t build_number() const {
    return ports_.clock->now().micros() / capabilities().fbo_refresh.count();
  }

  /// `last` tells a server that ignores the offset, and would answer one page for ever, from one that goes on.
  Result<std::int64_t> fetch_page(std::int64_t offset, StockSink& sink, std::string& last, const CallContext& context) {
    auto request =
        request_for(HttpMethod::post, options_.hosts.analytics + "/api/analytics/v1/stocks-report/wb-warehouses",
                    "wildberries.wb_warehouses", "analytics");
    request.body =
        "{\"limit\":" + std::to_string(options_.stock_rows_per_page) + ",\"offset\":" + std::to_string(offset) + "}";
    STK_TRY(auto response, send(std::move(request), context));
    if (response.status == 204) return 0;  // nothing more
    std::string digest = digest128(response.body.data(), response.body.size()).text();
    if (digest == last) {
      return Error(Errc::vendor_schema, "the report answers the same page again").during("wildberries.wb_warehouses");
    }
    last = std::move(digest);
    STK_TRY(auto columns, in_operation("wildberries.wb_warehouses", decode_stock_page(response.body)));
    response.body = {};
    const auto rows = static_cast<std::int64_t>(columns.rows());
    STK_TRY(sink.rows(std::move(columns)));
    return rows;
  }

  Result<void> fetch_seller_stock(const StockQuery& query, StockSink& sink, const CallContext& context) {
    std::vector<std::int64_t> ids;
    ids.reserve(query.offers.size());
    for (const std::string& key : query.offers) {
      std::int64_t id = 0;
      if (std::from_chars(key.data(), key.data() + key.size(), id).ptr != key.data() + key.size() || id <= 0) {
        return Error(Errc::invalid_argument, "not a chrtID: " + key.substr(0, 40)).about("query.offers");
      }
      ids.push_back(id);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());

    StockColumns columns;
    columns.warehouses.push_back(
        {std::string(query.warehouse), std::string(query.warehouse_name), "", WarehouseKind::seller});
    const auto batch = static_cast<std::size_t>(options_.fbs_offers_per_request);
    const std::string url = options_.hosts.marketplace + "/api/v3/stocks/" + std::string(query.warehouse);
    for (std::size_t from = 0; from < ids.size(); from += batch) {
      const auto asked = std::span<const std::int64_t>(ids).subspan(from, std::min(batch, ids.size() - from));
      auto request = request_for(HttpMethod::post, url, "wildberries.seller_stock", "marketplace");
      request.body = seller_stock_request(asked);
      STK_TRY(const auto response, send(std::move(request), context));
      STK_TRY(in_operation("wildberries.seller_stock", decode_seller_stock(response.body, asked, columns)));
    }
    return sink.rows(std::move(columns));
  }

  Options options_;
  Secret token_;
  ConnectorPorts ports_;
};

class WildberriesFactory final : public ConnectorFactory {
 public:
  explicit WildberriesFactory(Options options) : options_(std::move(options)) {}

  Channel channel() const noexcept override { return Channel::wildberries; }

  Result<std::shared_ptr<Connector>> connect(const Credentials& credentials, const ConnectorPorts& ports) override {
    const Secret* token = credentials.find("token");
    if (token == nullptr || token->empty()) {
      return Error(Errc::credentials_missing, "Wildberries needs a token").about("token");
    }
    return std::make_shared<WildberriesConnector>(options_, token->clone(), ports);
  }

 private:
  Options options_;
};

}  // namespace

Result<std::shared_ptr<ConnectorFactory>> make_factory(Options options) {
  STK_TRY(options.validate());
  return std::make_shared<WildberriesFactory>(std::move(options));
}

}  // namespace stocktracker::inline v0::wildberries
