#include <algorithm>
#include <charconv>

#include <stocktracker/adapters/wildberries.hpp>

#include "adapters/wildberries/calls.hpp"
#include "adapters/wildberries/cards.hpp"
#include "adapters/wildberries/fbo_report.hpp"
#include "adapters/wildberries/orders.hpp"
#include "adapters/wildberries/prices.hpp"
#include "adapters/wildberries/remains.hpp"
#include "adapters/wildberries/seller_stock.hpp"
#include "adapters/wildberries/token.hpp"
#include "json/document.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

/// Where FBO stock comes from, once the main method was refused: for this account until it is connected again, because
/// the two name warehouses differently.
constexpr std::string_view kFboSource = "fbo_source";
constexpr std::string_view kRemains = "remains";

/// Passes offers on and notes their barcodes.
class NotingSink final : public OfferSink {
 public:
  NotingSink(OfferSink* next, Barcodes& barcodes) noexcept : next_(next), barcodes_(barcodes) {}
  Result<void> offers(std::span<const OfferRow> page) override {
    barcodes_.add(page);
    return next_ == nullptr ? Result<void>(success()) : next_->offers(page);
  }

 private:
  OfferSink* next_;
  Barcodes& barcodes_;
};

class WildberriesConnector final : public Connector {
 public:
  WildberriesConnector(const Options& options, std::shared_ptr<TokenSet> tokens, const ConnectorPorts& ports)
      : tokens_(tokens), calls_(options, authorized(std::move(tokens), ports)) {}

  const Capabilities& capabilities() const noexcept override { return wildberries::capabilities(); }

  Result<SellerIdentity> verify_credentials(const CallContext& context) override {
    STK_TRY(const auto response,
            calls_.send(request_for(HttpMethod::get, calls_.options().hosts.common + "/api/v1/seller-info",
                                    "wildberries.seller_info", "common"),
                        context));
    STK_TRY(const auto document, json::Document::parse(response.body));
    const auto sid = document.root()["sid"].text();
    if (!sid || sid->empty()) return Error(Errc::vendor_schema, "sid is missing").about("sid");
    return SellerIdentity{std::string(*sid), std::string(document.root()["name"].text().value_or(""))};
  }

  Result<void> list_offers(OfferSink& sink, const CallContext& context) override {
    // The report alone asks for barcodes; an account that turns to it in the middle of a run reads its cards once more.
    STK_TRY(const auto source, fbo_source(context));
    if (source == kRemains) return read_cards(&sink, context);
    return read_card_pages(sink, context);
  }

  Result<void> list_warehouses(WarehouseSink& sink, const CallContext& context) override {
    STK_TRY(const auto response,
            calls_.send(request_for(HttpMethod::get, calls_.options().hosts.marketplace + "/api/v3/warehouses",
                                    "wildberries.warehouses", "marketplace"),
                        context));
    return in_operation("wildberries.warehouses", decode_warehouses(response.body, sink));
  }

  Result<void> fetch_stock(const StockQuery& query, StockSink& sink, const CallContext& context) override {
    return query.kind == StockKind::fbo ? fetch_marketplace_stock(sink, context)
                                        : fetch_seller_stock(query, sink, context);
  }

  Result<OrderCoverage> fetch_orders(const OrderQuery& query, OrderSink& sink, const CallContext& context) override {
    return wildberries::fetch_orders(calls_, query.since, sink, context);
  }

  Result<void> fetch_prices(PriceSink& sink, const CallContext& context) override {
    return wildberries::fetch_prices(calls_, sink, context);
  }

  bool fbo_needs_offers() const noexcept override {
    const auto source = fbo_source({});
    return source && source.value() == kRemains;
  }

 private:
  static ConnectorPorts authorized(std::shared_ptr<TokenSet> tokens, ConnectorPorts ports) {
    ports.transport = with_auth(std::move(tokens), std::move(ports.transport), ports.clock);
    return ports;
  }

  Result<void> read_cards(OfferSink* sink, const CallContext& context) {
    barcodes_.begin();
    NotingSink noting(sink, barcodes_);
    STK_TRY(read_card_pages(noting, context));
    barcodes_.finish();
    return success();
  }

  /// To the end: an empty page. A short page may be one whose size the server has cut.
  Result<void> read_card_pages(OfferSink& sink, const CallContext& context) {
    constexpr std::string_view kOperation = "wildberries.cards_list";
    std::optional<CardCursor> cursor;
    const auto page = [&](std::string body) -> Result<CardCursor> {
      auto request = request_for(HttpMethod::post, calls_.options().hosts.content + "/content/v2/get/cards/list",
                                 kOperation, "content");
      request.body = std::move(body);
      STK_TRY(auto response, calls_.send(request, context));
      return in_operation(kOperation, decode_cards_page(std::move(response.body), sink));
    };
    while (true) {
      STK_TRY(auto next, page(cards_request(calls_.options().cards_per_page, cursor ? &*cursor : nullptr)));
      if (next.total == 0) break;
      if (cursor && next.updated_at == cursor->updated_at && next.nm_id == cursor->nm_id) {
        // A cursor's time is coarser than a card's, so the end may be told again and again. Pages that repeat their
        // border look the same in the middle of the list: only the card changed last says which it is.
        STK_TRY(const auto newest, page(newest_card_request()));
        if (newest.total == 1 && newest.nm_id == cursor->nm_id) break;
        return Error(Errc::vendor_schema, "the cursor of the card list does not move").during(kOperation).may_retry();
      }
      cursor = std::move(next);
    }
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
      // Refused by the marketplace although the token opens the category: its kind may not call this method. An
      // account that could before is denied instead: one refusal must not rename all its warehouses.
      const bool refused =
          !fetched && fetched.error().errc() == Errc::vendor_forbidden && fetched.error().details().http_status == 403;
      if (!refused || !calls_.has_memory()) return fetched;
      STK_TRY(const bool worked, fbo_report_worked(calls_, context));
      if (worked) return fetched;
      STK_TRY(calls_.remember(kFboSource, kRemains, context));
      sink.restart();
    }
    if (!barcodes_.complete()) {
      STK_TRY(read_cards(nullptr, context));
    }
    return fetch_remains(calls_, barcodes_, sink, context);
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
    if (!std::is_sorted(ids.begin(), ids.end())) std::sort(ids.begin(), ids.end());  // keys come in the order of texts
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());

    StockColumns columns;
    columns.warehouses.push_back(
        {std::string(query.warehouse), std::string(query.warehouse_name), "", WarehouseKind::seller});
    const auto batch = static_cast<std::size_t>(calls_.options().fbs_offers_per_request);
    const std::string url = calls_.options().hosts.marketplace + "/api/v3/stocks/" + std::string(query.warehouse);
    for (std::size_t from = 0; from < ids.size(); from += batch) {
      const auto asked = std::span<const std::int64_t>(ids).subspan(from, std::min(batch, ids.size() - from));
      auto request = request_for(HttpMethod::post, url, "wildberries.seller_stock", "marketplace");
      request.body = seller_stock_request(asked);
      STK_TRY(auto response, calls_.send(request, context));
      STK_TRY(in_operation("wildberries.seller_stock", decode_seller_stock(std::move(response.body), asked, columns)));
    }
    return sink.rows(std::move(columns));
  }

  const std::shared_ptr<TokenSet> tokens_;
  const Calls calls_;
  Barcodes barcodes_;
};

class WildberriesFactory final : public ConnectorFactory {
 public:
  explicit WildberriesFactory(Options options) : options_(std::move(options)) {}

  Channel channel() const noexcept override { return Channel::wildberries; }

  Result<std::shared_ptr<Connector>> connect(const Credentials& credentials, const ConnectorPorts& ports) override {
    STK_TRY(auto tokens, TokenSet::make(credentials));
    Options options = options_;
    if (const Secret* base_url = credentials.find(kBaseUrlPart)) {
      options.hosts = Hosts::single_host(std::string(base_url->reveal()));
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
      if (const auto told = token_facts(part.value)) {
        facts.kind = to_string(told.value().kind);
        facts.categories = told.value().category_names();
        facts.read_only = told.value().read_only;
        facts.expires_at = told.value().expires_at;
      }
      all.push_back(std::move(facts));
    }
    return all;
  }

  /// What opens the same replaces, what has expired goes; an address that is not given again stays as it was.
  Credentials merged(Credentials held, Credentials fresh, Instant now) const override {
    const auto named = [&](std::string_view name) { return fresh.find(name) != nullptr; };
    for (CredentialPart& part : held.parts) {
      if (named(part.name)) continue;
      if (is_token_part(part.name)) {
        const auto told = token_facts(part.value);
        if (!told || (told.value().expires_at && *told.value().expires_at <= now)) continue;
      }
      fresh.parts.push_back(std::move(part));
    }
    return fresh;
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
