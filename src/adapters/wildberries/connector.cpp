// WildberriesConnector: calls of the interface, each made of requests and decoders.
#include <array>

#include <stocktracker/adapters/wildberries.hpp>

#include "adapters/wildberries/calls.hpp"
#include "adapters/wildberries/cards.hpp"
#include "adapters/wildberries/fbo_report.hpp"
#include "adapters/wildberries/orders.hpp"
#include "adapters/wildberries/prices.hpp"
#include "adapters/wildberries/remains.hpp"
#include "adapters/wildberries/seller_stock.hpp"
#include "adapters/wildberries/token.hpp"
#include "marketplace/request_counts.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

/// The source of FBO stock after the main method was refused: for this account until it is connected again, because the
/// two sources name warehouses differently.
constexpr std::string_view kFboSource = "fbo_source";
constexpr std::string_view kRemains = "remains";

constexpr Method kSellerInfo{HttpMethod::get, &Hosts::common, "/api/v1/seller-info", "wildberries.seller_info",
                             "common"};

/// Passes offers on, and stores their barcodes.
class NotingSink final : public OfferSink {
 public:
  NotingSink(OfferSink* next, Barcodes& barcodes) noexcept : next_(next), barcodes_(barcodes) {}
  Result<void> offers(std::span<const OfferRow> page) override {
    barcodes_.add(page);
    return next_ == nullptr ? Result<void>(success()) : next_->offers(page);
  }
  void odd_row(const OddRow& row) override {
    if (next_ != nullptr) next_->odd_row(row);
  }

 private:
  OfferSink* next_;
  Barcodes& barcodes_;
};

class WildberriesConnector final : public Connector, public RequestCounts {
 public:
  WildberriesConnector(const Options& options, std::shared_ptr<TokenSet> tokens, const ConnectorPorts& ports)
      : tokens_(tokens), calls_(options, authorized(std::move(tokens), ports)) {}

  const Capabilities& capabilities() const noexcept override { return wildberries::capabilities(); }

  Result<SellerIdentity> verify_credentials(const CallContext& context) override {
    STK_TRY(const auto response, calls_.ask(kSellerInfo, context));
    STK_TRY(const auto document, json::Document::parse(response.body));
    const auto sid = document.root()["sid"].text();
    if (!sid || sid->empty()) return Error(Errc::vendor_schema, "sid is missing").about("sid");
    return SellerIdentity{std::string(*sid), std::string(document.root()["name"].text().value_or(""))};
  }

  Result<void> list_offers(OfferSink& sink, const CallContext& context) override {
    // Only the report needs barcodes; an account that changes to it during a run reads its cards again.
    STK_TRY(const auto source, fbo_source(context));
    if (source == kRemains) return read_noting(&sink, context);
    return read_cards(calls_, sink, context);
  }

  Result<void> list_warehouses(WarehouseSink& sink, const CallContext& context) override {
    return wildberries::list_warehouses(calls_, sink, context);
  }

  Result<void> fetch_stock(const StockQuery& query, StockSink& sink, const CallContext& context) override {
    return query.kind == StockKind::fbo ? fetch_marketplace_stock(sink, context)
                                        : fetch_seller_stock(calls_, query, sink, context);
  }

  Result<OrderCoverage> fetch_orders(const OrderQuery& query, OrderSink& sink, const CallContext& context) override {
    return wildberries::fetch_orders(calls_, query.since, sink, context);
  }

  Result<void> fetch_prices(PriceSink& sink, const CallContext& context) override {
    return wildberries::fetch_prices(calls_, sink, context);
  }

  RequestCount requests_of(ListedSource source, const KnownRows& known) const noexcept override {
    const Options& options = calls_.options();
    switch (source) {
      case ListedSource::catalogue:  // the last page is empty
        return {pages_of(known.listings, options.cards_per_page) + (known.listings > 0 ? 1 : 0)};
      case ListedSource::warehouses:
        return {1};
      case ListedSource::fbo:
        if (fbo_needs_offers()) return {kReportRequests, true};
        return {known.in_stock / options.stock_rows_per_page + 1};
      case ListedSource::fbs:
        return {pages_of(known.offers, options.fbs_offers_per_request)};
      case ListedSource::orders:
        return {1, true};
      case ListedSource::prices:  // pages overlap, and the last one is known by having no new rows
        return {pages_of(known.listings, options.prices_per_page) + 1, true};
    }
    return {1, true};
  }

  bool fbo_needs_offers() const noexcept override {
    const auto source = fbo_source({});
    return source && source.value() == kRemains;
  }

 private:
  static constexpr std::int64_t kReportRequests = 3;  ///< the remains report: create, status, download

  Result<void> read_noting(OfferSink* sink, const CallContext& context) {
    barcodes_.begin();
    NotingSink noting(sink, barcodes_);
    STK_TRY(read_cards(calls_, noting, context));
    barcodes_.finish();
    return success();
  }

  Result<std::string> fbo_source(const CallContext& context) const {
    if (tokens_->only_base_for_analytics(calls_.clock().now())) return std::string(kRemains);
    return calls_.recall(kFboSource, context);
  }

  Result<void> fetch_marketplace_stock(StockSink& sink, const CallContext& context) {
    STK_TRY(const auto source, fbo_source(context));
    if (source != kRemains) {
      auto fetched = fetch_fbo_report(calls_, sink, context);
      // The marketplace refused although the token opens the category: this kind of token may not call the method. An
      // account that could call it before is denied instead: one refusal must not rename all its warehouses.
      const bool refused =
          !fetched && fetched.error().errc() == Errc::vendor_forbidden && fetched.error().details().http_status == 403;
      if (!refused || !calls_.has_memory()) return fetched;
      STK_TRY(const bool worked, fbo_report_worked(calls_, context));
      if (worked) return fetched;
      STK_TRY(calls_.remember(kFboSource, kRemains, context));
      sink.restart();
    }
    if (!barcodes_.complete()) {
      STK_TRY(read_noting(nullptr, context));
    }
    return fetch_remains(calls_, barcodes_, sink, context);
  }

  const std::shared_ptr<TokenSet> tokens_;
  const Calls calls_;
  Barcodes barcodes_;
};

/// Hosts of the API's categories and their sandboxes: dev.wildberries.ru/openapi/api-information, 2026-08-17.
constexpr std::array<std::string_view, 12> kApiHosts{"common-api.wildberries.ru",
                                                     "content-api.wildberries.ru",
                                                     "content-api-sandbox.wildberries.ru",
                                                     "discounts-prices-api.wildberries.ru",
                                                     "discounts-prices-api-sandbox.wildberries.ru",
                                                     "marketplace-api.wildberries.ru",
                                                     "marketplace-api-sandbox.wildberries.ru",
                                                     "seller-analytics-api.wildberries.ru",
                                                     "statistics-api.wildberries.ru",
                                                     "statistics-api-sandbox.wildberries.ru",
                                                     "supplies-api.wildberries.ru",
                                                     "supplies-api-sandbox.wildberries.ru"};

class WildberriesFactory final : public ConnectorFactory {
 public:
  explicit WildberriesFactory(Options options) : options_(std::move(options)) {}

  Channel channel() const noexcept override { return Channel::wildberries; }
  std::vector<std::string> hosts() const override {
    const Hosts& own = options_.hosts;
    return api_hosts(kApiHosts, {own.common, own.content, own.analytics, own.marketplace, own.prices});
  }

  Result<std::shared_ptr<Connector>> connect(const Credentials& credentials, const ConnectorPorts& ports) override {
    STK_TRY(auto tokens, TokenSet::make(credentials));
    Options options = options_;
    if (auto base_url = base_url_of(credentials)) {
      options.hosts = Hosts::single_host(*std::move(base_url));
      STK_TRY(options.validate());
    }
    return std::make_shared<WildberriesConnector>(options, std::move(tokens), ports);
  }

  std::vector<CredentialFacts> facts(const Credentials& credentials) const override {
    std::vector<CredentialFacts> all;
    for (const CredentialPart& part : credentials.parts) {
      if (!is_token_part(part.name)) continue;
      CredentialFacts facts;
      facts.part = part.name;
      if (const auto token = token_facts(part.value)) {
        facts.kind = to_string(token.value().kind);
        facts.categories = token.value().category_names();
        facts.read_only = token.value().read_only;
        facts.expires_at = token.value().expires_at;
      }
      all.push_back(std::move(facts));
    }
    return all;
  }

  /// Replaces tokens for the same categories, and removes expired ones.
  Credentials merged(Credentials held, Credentials fresh, Instant now) const override {
    return keep_parts_if(std::move(held), std::move(fresh), [now](const CredentialPart& part) {
      if (!is_token_part(part.name)) return false;
      const auto facts = token_facts(part.value);
      return facts && (!facts.value().expires_at || *facts.value().expires_at > now);
    });
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
