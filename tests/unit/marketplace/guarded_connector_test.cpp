// The guard around a connector: no secret in errors, no request to other addresses.
#include "marketplace/guarded_connector.hpp"

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

// Each of its calls sends the key, and fails with an error that repeats it.
class Echo final : public st::Connector {
 public:
  static constexpr const char* kKey = "canary-0123456789";

  explicit Echo(std::shared_ptr<st::HttpTransport> transport) : transport_(std::move(transport)) {}
  const st::Capabilities& capabilities() const noexcept override { return can_; }
  st::Result<st::SellerIdentity> verify_credentials(const st::CallContext& context) override { return ask(context); }
  st::Result<void> list_offers(st::OfferSink&, const st::CallContext& context) override { return ask(context); }
  st::Result<void> list_warehouses(st::WarehouseSink&, const st::CallContext& context) override { return ask(context); }
  st::Result<void> fetch_stock(const st::StockQuery&, st::StockSink&, const st::CallContext& context) override {
    return ask(context);
  }
  st::Result<std::vector<st::CredentialFacts>> ask_facts(const st::CallContext& context) override {
    return ask(context);
  }
  st::Result<st::OrderCoverage> fetch_orders(const st::OrderQuery&, st::OrderSink&,
                                             const st::CallContext& context) override {
    return ask(context);
  }
  st::Result<void> fetch_prices(st::PriceSink&, const st::CallContext& context) override { return ask(context); }

 private:
  st::Error ask(const st::CallContext& context) const {
    st::HttpRequest request;
    request.url = "https://erp.example/";
    request.secret_headers.push_back({"X-Key", st::Secret::copy_of(kKey)});
    if (auto sent = transport_->send(request, context); !sent) return std::move(sent).error();
    return {st::Errc::internal, "nothing was refused"};
  }
  st::Capabilities can_{};
  std::shared_ptr<st::HttpTransport> transport_;
};

class Refusing final : public st::HttpTransport {
 public:
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    std::string said = "no " + std::string(request.secret_headers.at(0).value.reveal());
    return st::Error(st::Errc::connect_failed, said).because(st::Error(st::Errc::internal, said));
  }
};

template <class T>
std::string text_of(const st::Result<T>& result) {
  return result ? "it passed" : result.error().text();
}

}  // namespace

TEST_CASE("a connector's errors hold no secret that was sent, whichever call they come from") {
  struct Offers final : st::OfferSink {
    st::Result<void> offers(std::span<const st::OfferRow>) override { return st::success(); }
  } offers;
  struct Warehouses final : st::WarehouseSink {
    st::Result<void> warehouses(std::span<const st::WarehouseRow>) override { return st::success(); }
  } warehouses;
  struct Stock final : st::StockSink {
    st::Result<void> rows(st::StockPage&&) override { return st::success(); }
    void restart() override {}
  } stock;
  struct Orders final : st::OrderSink {
    st::Result<void> lines(std::span<const st::OrderLineRow>) override { return st::success(); }
    void restart() override {}
  } orders;
  struct Prices final : st::PriceSink {
    st::Result<void> prices(std::span<const st::PriceRow>) override { return st::success(); }
  } prices;
  const auto secrets = std::make_shared<st::SentSecrets>();
  const auto transport = st::guarded_transport(std::make_shared<Refusing>(), {}, {}, secrets);
  const auto guarded = st::guarded_connector(std::make_shared<Echo>(transport), secrets);
  const std::vector<std::string> texts{text_of(guarded->verify_credentials({})),
                                       text_of(guarded->list_offers(offers, {})),
                                       text_of(guarded->list_warehouses(warehouses, {})),
                                       text_of(guarded->fetch_stock({}, stock, {})),
                                       text_of(guarded->ask_facts({})),
                                       text_of(guarded->fetch_orders({}, orders, {})),
                                       text_of(guarded->fetch_prices(prices, {}))};
  REQUIRE(texts.size() == 7);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    INFO("call " << i);
    CHECK(texts[i].find("[hidden]") != std::string::npos);
    CHECK(texts[i].find(Echo::kKey) == std::string::npos);
  }
}

namespace {

// Keeps how far each request may reach.
class Reached final : public st::HttpTransport {
 public:
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    reach = request.reach;
    return st::HttpResponse{200, {}, "{}"};
  }
  st::Reach reach = st::Reach::anywhere;
};

}  // namespace

// The address is a tenant's own word: it must not lead into the operator's network.
TEST_CASE("where a connector decides and a tenant names the address, requests reach the public Internet alone") {
  const auto wire = std::make_shared<Reached>();
  const auto secrets = std::make_shared<st::SentSecrets>();
  const auto reach_of = [&](const st::AllowedAddresses& allowed, bool named, st::Reach asked) {
    const auto guarded = st::guarded_transport(wire, allowed, {}, secrets, named);
    st::HttpRequest request;
    request.url = "https://erp.example/stock";
    request.reach = asked;
    REQUIRE(guarded->send(request, {}));
    return wire->reach;
  };
  using st::Reach;
  CHECK(reach_of({}, true, Reach::anywhere) == Reach::public_internet);
  CHECK(reach_of({}, false, Reach::anywhere) == Reach::anywhere);
  const st::AllowedAddresses operators({"https://erp.example"}, false);
  CHECK(reach_of(operators, true, Reach::anywhere) == Reach::anywhere);
  // A connector's own limit is never lifted.
  CHECK(reach_of(operators, true, Reach::public_internet) == Reach::public_internet);
  CHECK(reach_of(operators, false, Reach::public_internet) == Reach::public_internet);
}
