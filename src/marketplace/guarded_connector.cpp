// A connector within the engine's rules: allowed addresses, deadlines, no secrets in errors.
#include "marketplace/guarded_connector.hpp"

#include "core/caught.hpp"
#include "marketplace/request_counts.hpp"

namespace stocktracker::inline v0 {
namespace {

class GuardedTransport final : public HttpTransport {
 public:
  GuardedTransport(std::shared_ptr<HttpTransport> next, AllowedAddresses allowed, std::vector<std::string> hosts,
                   std::shared_ptr<SentSecrets> secrets, bool named) noexcept
      : next_(std::move(next)),
        allowed_(std::move(allowed)),
        hosts_(std::move(hosts)),
        secrets_(std::move(secrets)),
        named_(named) {}

  Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) override {
    secrets_->note(request);
    return caught("the HTTP transport", [&] { return allowed_send(request, context); });
  }

 private:
  Result<HttpResponse> allowed_send(const HttpRequest& request, const CallContext& context) {
    if (hosts_.empty() && !named_) return next_->send(request, context);
    auto reach = allowed_.reach_of(request.url, hosts_);
    if (!reach && hosts_.empty()) reach = Reach::public_internet;
    if (!reach) return std::move(reach).error().during(request.operation).in(context);
    if (request.reach == reach.value() || request.reach == Reach::public_internet) return next_->send(request, context);
    HttpRequest limited = request.clone();
    limited.reach = reach.value();
    return next_->send(limited, context);
  }

  const std::shared_ptr<HttpTransport> next_;
  const AllowedAddresses allowed_;
  const std::vector<std::string> hosts_;
  const std::shared_ptr<SentSecrets> secrets_;
  const bool named_;
};

/// Notes are stored with the run and shown: they keep no secret.
class CleanNotes final : public StockSink {
 public:
  CleanNotes(StockSink& next, const SentSecrets& secrets) noexcept : next_(next), secrets_(secrets) {}
  Result<void> rows(StockPage&& page) override { return next_.rows(std::move(page)); }
  void restart() override { next_.restart(); }
  void note(std::string text) override {
    text.resize(std::min(text.size(), kLongestNote));
    next_.note(secrets_.hidden_in(std::move(text)));
  }
  void speaks_of(Instant at) override { next_.speaks_of(at); }
  void odd_row(const OddRow& row) override { next_.odd_row(row); }

 private:
  static constexpr std::size_t kLongestNote = 2'000;  ///< bytes
  StockSink& next_;
  const SentSecrets& secrets_;
};

class GuardedConnector : public Connector {
 public:
  GuardedConnector(std::shared_ptr<Connector> next, std::shared_ptr<SentSecrets> secrets) noexcept
      : next_(std::move(next)), secrets_(std::move(secrets)) {}

  const Capabilities& capabilities() const noexcept override { return next_->capabilities(); }
  Result<SellerIdentity> verify_credentials(const CallContext& context) override {
    return clean(caught("the connector's verify_credentials", [&] { return next_->verify_credentials(context); }));
  }
  Result<void> list_offers(OfferSink& sink, const CallContext& context) override {
    return clean(caught("the connector's list_offers", [&] { return next_->list_offers(sink, context); }));
  }
  Result<void> list_warehouses(WarehouseSink& sink, const CallContext& context) override {
    return clean(caught("the connector's list_warehouses", [&] { return next_->list_warehouses(sink, context); }));
  }
  Result<void> fetch_stock(const StockQuery& query, StockSink& sink, const CallContext& context) override {
    CleanNotes notes(sink, *secrets_);
    return clean(caught("the connector's fetch_stock", [&] { return next_->fetch_stock(query, notes, context); }));
  }
  Result<std::vector<CredentialFacts>> ask_facts(const CallContext& context) override {
    return clean(caught("the connector's ask_facts", [&] { return next_->ask_facts(context); }));
  }
  Result<OrderCoverage> fetch_orders(const OrderQuery& query, OrderSink& sink, const CallContext& context) override {
    return clean(caught("the connector's fetch_orders", [&] { return next_->fetch_orders(query, sink, context); }));
  }
  Result<void> fetch_prices(PriceSink& sink, const CallContext& context) override {
    return clean(caught("the connector's fetch_prices", [&] { return next_->fetch_prices(sink, context); }));
  }
  bool fbo_needs_offers() const noexcept override { return next_->fbo_needs_offers(); }

 private:
  template <class T>
  Result<T> clean(Result<T> result) const {
    if (result) return result;
    return secrets_->cleaned(result.error());
  }

  const std::shared_ptr<Connector> next_;
  const std::shared_ptr<SentSecrets> secrets_;
};

/// The guard of a connector that counts its requests.
class GuardedCounts final : public GuardedConnector, public RequestCounts {
 public:
  GuardedCounts(std::shared_ptr<Connector> next, const RequestCounts& counts,
                std::shared_ptr<SentSecrets> secrets) noexcept
      : GuardedConnector(std::move(next), std::move(secrets)), counts_(counts) {}
  RequestCount requests_of(ListedSource source, const KnownRows& known) const noexcept override {
    return counts_.requests_of(source, known);
  }

 private:
  const RequestCounts& counts_;  ///< the guarded connector
};

}  // namespace

std::shared_ptr<HttpTransport> guarded_transport(std::shared_ptr<HttpTransport> transport, AllowedAddresses allowed,
                                                 std::vector<std::string> hosts, std::shared_ptr<SentSecrets> secrets,
                                                 bool named) {
  return std::make_shared<GuardedTransport>(std::move(transport), std::move(allowed), std::move(hosts),
                                            std::move(secrets), named);
}

std::shared_ptr<Connector> guarded_connector(std::shared_ptr<Connector> connector,
                                             std::shared_ptr<SentSecrets> secrets) {
  if (const auto* counts = dynamic_cast<const RequestCounts*>(connector.get())) {
    return std::make_shared<GuardedCounts>(std::move(connector), *counts, std::move(secrets));
  }
  return std::make_shared<GuardedConnector>(std::move(connector), std::move(secrets));
}

}  // namespace stocktracker::inline v0
