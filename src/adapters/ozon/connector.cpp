// OzonConnector: calls of the interface, each made of requests and decoders.
#include <algorithm>
#include <array>
#include <iterator>

#include "adapters/ozon/calls.hpp"
#include "adapters/ozon/keys.hpp"
#include "adapters/ozon/order_pass.hpp"
#include "adapters/ozon/prices.hpp"
#include "adapters/ozon/products.hpp"
#include "adapters/ozon/stock.hpp"
#include "json/lenient.hpp"
#include "marketplace/remembered.hpp"
#include "marketplace/request_counts.hpp"

#include <stocktracker/core/time_text.hpp>

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kRoles = "ozon.roles";
constexpr std::string_view kSeller = "ozon.seller_info";

class OzonConnector final : public Connector, public RequestCounts {
 public:
  OzonConnector(const Options& options, std::shared_ptr<Keys> keys, const ConnectorPorts& ports)
      : keys_(keys), calls_(options, authorized(std::move(keys), ports)) {}

  const Capabilities& capabilities() const noexcept override { return ozon::capabilities(); }

  Result<SellerIdentity> verify_credentials(const CallContext& context) override {
    STK_TRY(const auto response, calls_.post("/v1/seller/info", kSeller, "", context));
    STK_TRY(const auto document, json::Document::parse(response.body));
    const json::Value company = document.root()["company"];
    if (!company.is_object()) return row_error("company", "is no object").during(kSeller);
    // The Client-Id is the seller's number: no method reports another one.
    return SellerIdentity{keys_->client_id(), std::string(company["name"].text().value_or(""))};
  }

  Result<std::vector<CredentialFacts>> ask_facts(const CallContext& context) override {
    STK_TRY(const auto response, calls_.post("/v1/roles", kRoles, "", context));
    STK_TRY(const auto document, json::Document::parse(response.body));
    CredentialFacts facts;
    facts.part = kApiKeyPart;
    bool writes = false;
    const auto role = [&](json::Value one) -> Result<void> {
      const auto name = one["name"].text();
      if (!name) return row_error("roles.name", "is no text");
      facts.categories.emplace_back(*name);
      writes = writes || !name->ends_with("read only");
      return success();
    };
    STK_TRY(in_operation(kRoles, json::each_of_list(document.root(), "roles", role)));
    facts.read_only = !facts.categories.empty() && !writes;
    if (const auto text = document.root()["expires_at"].text(); text && !text->empty()) {
      const auto at = parse_rfc3339(*text);
      if (!at) return row_error("expires_at", "is no time").during(kRoles);
      // The vendor's zero is the year 1: it means never.
      if (at.value() > Instant::from_seconds(0)) facts.expires_at = at.value();
    }
    return std::vector<CredentialFacts>{std::move(facts)};
  }

  Result<void> list_offers(OfferSink& sink, const CallContext& context) override {
    STK_TRY(auto articles, read_products(calls_, &sink, context));
    listed_.set(std::move(articles));
    return success();
  }

  Result<void> list_warehouses(WarehouseSink& sink, const CallContext& context) override {
    return ozon::list_warehouses(calls_, sink, context);
  }

  Result<void> fetch_stock(const StockQuery& query, StockSink& sink, const CallContext& context) override {
    if (query.kind == StockKind::fbs) return fetch_fbs(calls_, query, sink, context);
    STK_TRY(const auto asked, articles_to_ask(query.offers, context));
    return fetch_fbo(calls_, asked, sink, context);
  }

  Result<OrderCoverage> fetch_orders(const OrderQuery& query, OrderSink& sink, const CallContext& context) override {
    return ozon::fetch_orders(calls_, query.since, sink, context);
  }

  Result<void> fetch_prices(PriceSink& sink, const CallContext& context) override {
    return ozon::fetch_prices(calls_, sink, context);
  }

  RequestCount requests_of(ListedSource source, const KnownRows& known) const noexcept override {
    const Options& options = calls_.options();
    const std::int64_t listed = pages_of(known.offers, options.products_per_page);
    switch (source) {
      case ListedSource::catalogue:  // each page of the list and its details; the last page is empty
        return {known.offers == 0 ? 1 : 2 * listed + 1};
      case ListedSource::warehouses:
        return {1, true};
      case ListedSource::fbo:  // the archive, the names of the warehouses, and batches with one page at least
        return {2 + std::max(known.offers == 0 ? 0 : pages_of(known.offers, options.offers_per_fbo_request),
                             pages_of(known.in_stock, options.stock_rows_per_page)),
                true};
      case ListedSource::fbs:
        return {1, true};
      case ListedSource::orders:  // postings of both kinds, and returns
        return {3, true};
      case ListedSource::prices:
        return {pages_of(known.offers, options.prices_per_page), true};
    }
    return {1, true};
  }

  /// Stock in Ozon's warehouses is requested by article.
  bool fbo_needs_offers() const noexcept override { return true; }

 private:
  /// The articles of the query, or of the catalogue if it names none; and those of the archive, which is in no list of
  /// offers: archived goods may still be in Ozon's warehouses.
  Result<std::vector<std::string>> articles_to_ask(std::span<const std::string> offers, const CallContext& context) {
    std::vector<std::string> wanted(offers.begin(), offers.end());
    std::sort(wanted.begin(), wanted.end());
    if (offers.empty()) {
      auto listed = listed_.get();
      if (!listed) {
        STK_TRY(auto articles, read_products(calls_, nullptr, context));
        listed = listed_.set(std::move(articles));
      }
      wanted = *listed;
    }
    STK_TRY(const auto archived, read_archive(calls_, context));
    std::vector<std::string> all;
    std::set_union(wanted.begin(), wanted.end(), archived.begin(), archived.end(), std::back_inserter(all));
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  const std::shared_ptr<Keys> keys_;
  const Calls calls_;
  Remembered<std::vector<std::string>> listed_;  ///< articles of the last complete catalogue, sorted
};

constexpr std::array<std::string_view, 1> kApiHosts{"api-seller.ozon.ru"};  // docs.ozon.ru/api/seller, 2026-08-14

class OzonFactory final : public ConnectorFactory {
 public:
  explicit OzonFactory(Options options) : options_(std::move(options)) {}

  Channel channel() const noexcept override { return Channel::ozon; }
  std::vector<std::string> hosts() const override { return api_hosts(kApiHosts, {options_.host}); }

  Result<std::shared_ptr<Connector>> connect(const Credentials& credentials, const ConnectorPorts& ports) override {
    STK_TRY(auto keys, Keys::make(credentials));
    Options options = options_;
    if (auto base_url = base_url_of(credentials)) {
      options.host = std::move(*base_url);
      STK_TRY(options.validate());
    }
    return std::make_shared<OzonConnector>(options, std::move(keys), ports);
  }

 private:
  Options options_;
};

}  // namespace

Result<std::shared_ptr<ConnectorFactory>> make_factory(Options options) {
  STK_TRY(options.validate());
  return std::make_shared<OzonFactory>(std::move(options));
}

}  // namespace stocktracker::inline v0::ozon
