// Checks a connector's capabilities, and that it never shows secrets.
#include "testing/contracts/connector_truth.hpp"

#include <mutex>
#include <set>
#include <string>

#include "testing/contracts/connector_truth_rows.hpp"

namespace stocktracker::inline v0::testing {

// Compares the connector's capabilities with those of the marketplace.
void check_promises(ConnectorSubject& subject, const AccountTruth& truth, Check& check) {
  auto made = subject.connector();
  if (!made) return;
  const Capabilities& says = made.value()->capabilities();
  const Capabilities& is = *truth.capabilities;
  check.begin("capabilities are what the marketplace does");
  check.expect(says.channel == is.channel, "channel");
  check.expect(says.zone == is.zone, "zone");
  check.expect(says.numeric_offer_keys == is.numeric_offer_keys, "numeric_offer_keys");
  check.expect(says.offers_per_page == is.offers_per_page, "offers_per_page");
  check.expect(says.stock_rows_per_page == is.stock_rows_per_page, "stock_rows_per_page");
  check.expect(says.offers_per_fbs_request == is.offers_per_fbs_request, "offers_per_fbs_request");
  check.expect(says.fbo_absent == is.fbo_absent, "fbo_absent");
  check.expect(says.fbs_absent == is.fbs_absent, "fbs_absent");
  check.expect(says.fbo_by_offers == is.fbo_by_offers, "fbo_by_offers");
  check.expect(says.fbo_refresh == is.fbo_refresh, "fbo_refresh");
  check.expect(says.visibility_delay == is.visibility_delay, "visibility_delay");
  check.expect(says.compare_and_set == is.compare_and_set, "compare_and_set");
  check.expect(says.orders == is.orders, "orders");
  check.expect(says.prices == is.prices, "prices");
  check.expect(says.orders_kept == is.orders_kept, "orders_kept");
  check.expect(says.orders_by_period == is.orders_by_period, "orders_by_period");
  check.expect(says.orders_complete == is.orders_complete, "orders_complete");
  check.expect(says.order_changes_timed == is.order_changes_timed, "order_changes_timed");
  if (!truth.orders || is.orders_kept <= Duration::zero()) return;
  TrueLines lines;
  const auto covered = made.value()->fetch_orders({Instant::from_seconds(0), true}, lines, {});
  if (!check.expect_ok(covered, "orders")) return;
  const Duration back = covered.value().until - covered.value().from;
  check.expect(back <= is.orders_kept && back >= is.orders_kept - std::chrono::hours(24),
               "orders are read as far back as they are kept");
}

namespace {

// Refuses every request, and checks the parts that are not secret.
class Listening final : public HttpTransport {
 public:
  Result<HttpResponse> send(const HttpRequest& request, const CallContext&) override {
    const std::lock_guard lock(mutex_);
    for (const SecretHeader& header : request.secret_headers) {
      // A shorter secret is part of some ordinary word.
      short_ = short_ || header.value.reveal().size() < kShortest;
      if (header.value.reveal().size() >= kShortest) secrets_.emplace(header.value.reveal());
    }
    open_ += request.url + "\n" + request.body + "\n";
    for (const HttpHeader& header : request.headers) open_ += header.value + "\n";
    return HttpResponse{401, {}, R"({"message":"no"})"};
  }
  [[nodiscard]] bool shown_in(const std::string& text) const {
    const std::lock_guard lock(mutex_);
    for (const std::string& secret : secrets_) {
      if (text.find(secret) != std::string::npos) return true;
    }
    return false;
  }
  /// Secrets were sent, and none that the suite can look for.
  [[nodiscard]] bool heard_only_short_ones() const {
    const std::lock_guard lock(mutex_);
    return short_ && secrets_.empty();
  }
  [[nodiscard]] std::string open() const {
    const std::lock_guard lock(mutex_);
    return open_;
  }

 private:
  static constexpr std::size_t kShortest = 8;
  mutable std::mutex mutex_;
  std::set<std::string> secrets_;
  bool short_ = false;
  std::string open_;
};

}  // namespace

void check_secrets(ConnectorSubject& subject, Check& check) {
  const auto listening = std::make_shared<Listening>();
  const auto connector =
      subject.through([&](std::shared_ptr<HttpTransport>) -> std::shared_ptr<HttpTransport> { return listening; });
  if (!connector) return;
  check.begin("a secret stands in its header alone");
  const std::string offer = "1";
  const auto hear = [&](const char* what, const auto& result) {
    check.expect(!result, std::string(what) + " is refused");
    if (result) return;
    const ErrorDetails& details = result.error().details();
    check.expect(!listening->shown_in(result.error().text() + "\n" + details.message),
                 std::string(what) + ": no error shows it");
  };
  TrueOffers offers;
  TrueWarehouses warehouses;
  TrueStocks stock;
  TrueLines lines;
  TruePrices prices;
  hear("verify_credentials", connector->verify_credentials({}));
  hear("list_offers", connector->list_offers(offers, {}));
  hear("list_warehouses", connector->list_warehouses(warehouses, {}));
  hear("FBO stock", connector->fetch_stock({StockKind::fbo, {}, {}, std::span(&offer, 1)}, stock, {}));
  hear("FBS stock", connector->fetch_stock({StockKind::fbs, "1", "name", std::span(&offer, 1)}, stock, {}));
  if (connector->capabilities().orders) hear("fetch_orders", connector->fetch_orders({}, lines, {}));
  if (connector->capabilities().prices) hear("fetch_prices", connector->fetch_prices(prices, {}));
  check.expect(!listening->shown_in(listening->open()), "no address, body or other header holds it");
  check.expect(!listening->heard_only_short_ones(),
               "a key of fewer than 8 bytes is not looked for: give the subject a longer one");
}

}  // namespace stocktracker::inline v0::testing
