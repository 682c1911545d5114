// Sends requests in turn; reads page tokens and currencies.
#include "adapters/yandex_market/calls.hpp"

#include <algorithm>
#include <chrono>

#include <stocktracker/http/url.hpp>

#include "adapters/yandex_market/error_map.hpp"
#include "json/lenient.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kVendor = "yandex_market";
constexpr std::string_view kCategory = "partner";
/// Polling interval of waiting calls, in real time: checks deadlines, and gives signs of life.
constexpr Duration kLook = 500ms;

/// CurrencyType of the API's specification of 2026-08-19, without its two codes of two letters, and RUB.
constexpr std::string_view kCurrencies =
    "RUB RUR USD EUR UAH AUD GBP BYR BYN DKK ISK KZT CAD CNY NOK XDR SGD TRY SEK CHF JPY AZN ALL DZD AOA ARS AMD AFN "
    "BHD BGN BOB BWP BND BRL BIF HUF VEF KPW VND GMD GHS GNF HKD GEL AED EGP ZMK ILS INR IDR JOD IQD IRR YER QAR KES "
    "KGS COP CDF CRC KWD CUP LAK LVL SLL LBP LYD SZL LTL MUR MRO MKD MWK MGA MYR MAD MXN MZN MDL MNT NPR NGN NIO NZD "
    "OMR PKR PYG PEN PLN KHR SAR RON SCR SYP SKK SOS SDG SRD TJS THB TWD BDT TZS TND TMM UGX UZS UYU PHP DJF XAF XOF "
    "HRK CZK CLP LKR EEK ETB RSD ZAR KRW NAD ";

}  // namespace

Calls::Calls(Options options, ConnectorPorts ports)
    : VendorCalls(std::move(ports), errors()), options_(std::move(options)) {}

Result<HttpResponse> Calls::get(std::string path, std::string_view operation, const CallContext& context) const {
  return in_turn(vendor_request(HttpMethod::get, options_.host + path, operation, kVendor, kCategory), context);
}

Result<HttpResponse> Calls::post(std::string path, std::string_view operation, std::string body,
                                 const CallContext& context) const {
  return in_turn(vendor_request(HttpMethod::post, options_.host + path, operation, kVendor, kCategory, std::move(body)),
                 context);
}

Result<HttpResponse> Calls::in_turn(const HttpRequest& request, const CallContext& context) const {
  if (auto taken = take_turn(context); !taken) return std::move(taken).error().during(request.operation).in(context);
  struct Turn {
    const Calls& calls;
    ~Turn() {
      {
        const std::lock_guard lock(calls.mutex_);
        --calls.under_way_;
      }
      calls.freed_.notify_one();
    }
  };
  const Turn turn{*this};
  return send(request, context);
}

Result<void> Calls::take_turn(const CallContext& context) const {
  std::unique_lock lock(mutex_);
  while (under_way_ >= options_.requests_at_once) {
    lock.unlock();
    context.waiting();
    const Instant now = clock().now();
    STK_TRY(context.check(now));
    // The deadline uses the engine's clock, which may stand still in tests: both clocks are checked.
    const Duration left = context.deadline < now + kLook ? context.deadline - now : kLook;
    lock.lock();
    freed_.wait_for(lock, context.stop, left, [&] { return under_way_ < options_.requests_at_once; });
  }
  ++under_way_;
  return success();
}

std::string page_of(std::string_view path, int limit, std::string_view token) {
  UrlQuery query{std::string(path)};
  query.add("limit", limit);
  if (!token.empty()) query.add("pageToken", token);
  return query.url();
}

Result<NextPage> next_page(const json::Value& holder) {
  const json::Value token = holder["paging"]["nextPageToken"];
  if (!token.exists() || token.is_null()) return NextPage();
  auto text = json::identity(token);
  if (!text) return row_error("paging.nextPageToken", "is not a text");
  return text->empty() ? NextPage() : NextPage(std::move(*text));
}

Result<Currency> currency_of(const json::Value& code) {
  const auto text = code.text();
  const std::size_t at = text && text->size() == 3 ? kCurrencies.find(*text) : std::string_view::npos;
  if (at == std::string_view::npos || at % 4 != 0) return row_error("currencyId", "is not a known currency");
  return Currency::parse(*text == "RUR" ? std::string_view("RUB") : *text);
}

}  // namespace stocktracker::inline v0::yandex_market
