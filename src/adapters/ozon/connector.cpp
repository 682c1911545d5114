#include <algorithm>
#include <mutex>

#include "adapters/ozon/calls.hpp"
#include "adapters/ozon/keys.hpp"
#include "adapters/ozon/postings.hpp"
#include "adapters/ozon/prices.hpp"
#include "adapters/ozon/products.hpp"
#include "adapters/ozon/stock.hpp"
#include "json/lenient.hpp"

#include <stocktracker/core/time_text.hpp>

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kRoles = "ozon.roles";
constexpr std::string_view kSeller = "ozon.seller_info";

class OzonConnector final : public Connector {
 public:
  OzonConnector(const Options& options, std::shared_ptr<Keys> keys, const ConnectorPorts& ports)
      : keys_(keys), calls_(options, authorized(std::move(keys), ports)) {}

  const Capabilities& capabilities() const noexcept override { return ozon::capabilities(); }

  Result<SellerIdentity> verify_credentials(const CallContext& context) override {
    STK_TRY(const auto response, calls_.post("/v1/seller/info", kSeller, "", context));
    STK_TRY(const auto document, json::Document::parse(response.body));
    const json::Value company = document.root()["company"];
    if (!company.is_object())
      return Error(Errc::vendor_schema, "company is not an object").during(kSeller).about("company");
    // The Client-Id is the seller's number: no method tells another.
    return SellerIdentity{keys_->client_id(), std::string(company["name"].text().value_or(""))};
  }

  Result<std::vector<CredentialFacts>> ask_facts(const CallContext& context) override {
    STK_TRY(const auto response, calls_.post("/v1/roles", kRoles, "", context));
    STK_TRY(const auto document, json::Document::parse(response.body));
    CredentialFacts facts;
    facts.part = kApiKeyPart;
    bool writes = false;
    STK_TRY(const bool listed, document.root()["roles"].each([&](json::Value role) -> Result<void> {
      const auto name = role["name"].text();
      if (!name) return Error(Errc::vendor_schema, "roles.name is not a text").about("roles.name");
      facts.categories.emplace_back(*name);
      writes = writes || !name->ends_with("read only");
      return success();
    }));
    if (!listed) return Error(Errc::vendor_schema, "roles is not an array").during(kRoles).about("roles");
    facts.read_only = !facts.categories.empty() && !writes;
    if (const auto text = document.root()["expires_at"].text(); text && !text->empty()) {
      const auto at = parse_rfc3339(*text);
      if (!at) return Error(Errc::vendor_schema, "expires_at is not a time").during(kRoles).about("expires_at");
      // The vendor's zero is the year 1: never.
      if (at.value() > Instant::from_seconds(0)) facts.expires_at = at.value();
    }
    return std::vector<CredentialFacts>{std::move(facts)};
  }

  Result<void> list_offers(OfferSink& sink, const CallContext& context) override {
    STK_TRY(auto keys, read_products(calls_, &sink, context));
    remember(std::move(keys));
    return success();
  }

  Result<void> list_warehouses(WarehouseSink& sink, const CallContext& context) override {
    return ozon::list_warehouses(calls_, sink, context);
  }

  Result<void> fetch_stock(const StockQuery& query, StockSink& sink, const CallContext& context) override {
    if (query.kind == StockKind::fbs) return fetch_fbs(calls_, query, sink, context);
    std::shared_ptr<const std::vector<std::string>> offers = remembered();
    if (!offers) {
      STK_TRY(auto keys, read_products(calls_, nullptr, context));
      offers = remember(std::move(keys));
    }
    return fetch_fbo(calls_, *offers, sink, context);
  }

  Result<OrderCoverage> fetch_orders(const OrderQuery& query, OrderSink& sink, const CallContext& context) override {
    return ozon::fetch_orders(calls_, query.since, sink, context);
  }

  Result<void> fetch_prices(PriceSink& sink, const CallContext& context) override {
    return ozon::fetch_prices(calls_, sink, context);
  }

  /// Stock of Ozon's warehouses is asked for by article.
  bool fbo_needs_offers() const noexcept override { return true; }

 private:
  static ConnectorPorts authorized(std::shared_ptr<Keys> keys, ConnectorPorts ports) {
    ports.transport = with_auth(std::move(keys), std::move(ports.transport), ports.clock);
    return ports;
  }

  std::shared_ptr<const std::vector<std::string>> remember(std::vector<std::string> keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    const std::lock_guard lock(mutex_);
    return offers_ = std::make_shared<const std::vector<std::string>>(std::move(keys));
  }
  std::shared_ptr<const std::vector<std::string>> remembered() {
    const std::lock_guard lock(mutex_);
    return offers_;
  }

  const std::shared_ptr<Keys> keys_;
  const Calls calls_;
  std::mutex mutex_;
  std::shared_ptr<const std::vector<std::string>> offers_;  ///< of the last whole list
};

class OzonFactory final : public ConnectorFactory {
 public:
  explicit OzonFactory(Options options) : options_(std::move(options)) {}

  Channel channel() const noexcept override { return Channel::ozon; }

  Result<std::shared_ptr<Connector>> connect(const Credentials& credentials, const ConnectorPorts& ports) override {
    STK_TRY(auto keys, Keys::make(credentials));
    Options options = options_;
    if (const Secret* base_url = credentials.find(kBaseUrlPart)) {
      options.host = std::string(base_url->reveal());
      while (options.host.ends_with('/')) options.host.pop_back();
      STK_TRY(options.validate());
    }
    return std::make_shared<OzonConnector>(options, std::move(keys), ports);
  }

  /// An address that is not given again stays as it was.
  Credentials merged(Credentials held, Credentials fresh, Instant) const override {
    for (CredentialPart& part : held.parts) {
      if (part.name == kBaseUrlPart && fresh.find(part.name) == nullptr) fresh.parts.push_back(std::move(part));
    }
    return fresh;
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
