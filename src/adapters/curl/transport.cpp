// CurlTransport: passes calls to the reactor.
#include <algorithm>
#include <chrono>

#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/version.hpp>

#include "adapters/curl/reach.hpp"
#include "adapters/curl/reactor.hpp"
#include "adapters/curl/url.hpp"

namespace stocktracker::inline v0 {
namespace {

using std::chrono::steady_clock;

/// Time beyond a deadline, for a reactor that hangs in libcurl.
constexpr auto kGrace = std::chrono::seconds(1);

class CurlTransport final : public HttpTransport {
 public:
  explicit CurlTransport(CurlOptions options)
      : clock_(options.clock),
        timeout_(options.request_timeout),
        idle_timeout_(options.idle_timeout),
        http2_(options.http2),
        proxied_(!options.proxy.empty()),
        http1_hosts_(options.http1_hosts),
        reactor_(std::move(options)) {}

  Result<void> start() { return reactor_.start(); }

  Result<HttpResponse> send(const HttpRequest& request, const CallContext& given) override {
    auto result = exchange(request, given);
    if (!result) return std::move(result).error().during(request.operation).in(given);
    return result;
  }

 private:
  Result<HttpResponse> exchange(const HttpRequest& request, const CallContext& given) {
    const Instant now = this->now();
    const CallContext context = given.started(now);
    STK_TRY(context.check(now));
    STK_TRY(const auto target, curl::target_of(request.url));
    const Duration left = context.deadline == Instant::latest() ? timeout_ : std::min(timeout_, context.deadline - now);
    const auto deadline = steady_clock::now() + left;
    const bool http2 = http2_ && std::find(http1_hosts_.begin(), http1_hosts_.end(), target.host) == http1_hosts_.end();
    const bool guarded = request.reach == Reach::public_internet;
    // With a proxy the peer is the proxy, which may be in the operator's own network.
    if (guarded && proxied_) {
      STK_TRY(curl::check_literal_host(request.url));
    }
    const auto transfer = std::make_shared<curl::Transfer>(
        request, curl::Route{given.tenant, curl::host_key(target), target.plain, http2, guarded && !proxied_}, deadline,
        idle_timeout_);
    if (!transfer->built()) return Error(Errc::invalid_argument, "a header holds a line break").about("headers");
    reactor_.add(transfer);
    const std::stop_callback on_stop(context.stop, [&] {
      transfer->cancel();
      reactor_.wake();
    });
    if (!transfer->wait_until(deadline + kGrace, context)) {
      transfer->cancel();
      reactor_.wake();
      return Error(Errc::deadline_exceeded, "the time for this request ran out");
    }
    return transfer->take();
  }

  [[nodiscard]] Instant now() const {
    if (clock_) return clock_->now();
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Instant::from_micros(std::chrono::duration_cast<Duration>(since).count());
  }

  const std::shared_ptr<Clock> clock_;
  const Duration timeout_;
  const Duration idle_timeout_;
  const bool http2_;
  const bool proxied_;
  const std::vector<std::string> http1_hosts_;
  curl::Reactor reactor_;
};

}  // namespace

Result<std::shared_ptr<HttpTransport>> make_curl_transport(CurlOptions options) {
  STK_TRY(options.validate());
  if (options.user_agent.empty()) options.user_agent = std::string("stocktracker/") + version();
  auto transport = std::make_shared<CurlTransport>(std::move(options));
  STK_TRY(transport->start());
  return transport;
}

}  // namespace stocktracker::inline v0
