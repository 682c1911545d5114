/// @file
/// HttpTransport: one request, one answer. The layers above interpret the status.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>

namespace stocktracker::inline v0 {

enum class HttpMethod : unsigned char { get, post, put, patch, del };
[[nodiscard]] STK_API const char* to_string(HttpMethod method) noexcept;

/// Whether a request may be sent again if it is not known whether it took effect.
enum class Idempotency : unsigned char {
  safe,    ///< reads, with any method
  keyed,   ///< the vendor ignores repetitions with the same key in the request
  unsafe,  ///< must never be sent twice
};

struct HttpHeader {
  std::string name;
  std::string value;
};

/// A header with a secret value: the transport sends it, and nothing logs or stores it.
struct SecretHeader {
  std::string name;
  Secret value;
};

/// The limits that a request spends: of which seller, and which of them.
struct QuotaTag {
  std::string vendor{};    ///< e.g. "wildberries"; empty: no limit is known
  std::string owner{};     ///< the vendor's id of the seller
  std::string tier{};      ///< the kind of token, where limits depend on it
  std::string category{};  ///< group of methods with its own limits
};

/// Where a request may go.
enum class Reach : unsigned char {
  anywhere,  ///< no restriction: the program chooses the hosts
  /// For addresses that a tenant can choose. After the name is resolved, an address in a private, loopback, link-local
  /// or other special network (which includes cloud metadata services) is Errc::address_refused before any byte
  /// of the request is sent.
  public_internet,
};
[[nodiscard]] STK_API const char* to_string(Reach reach) noexcept;

/// @code
/// st::HttpRequest request{.method = st::HttpMethod::post, .url = "https://api.shop.example/stocks", .body = "{}"};
/// request.operation = "shop.stocks";
/// request.secret_headers.push_back({"X-Key", secret.clone()});
/// STK_TRY(const auto response, transport->send(request, {.timeout = 30s}));
/// @endcode
struct HttpRequest {
  HttpMethod method = HttpMethod::get;
  std::string url{};  ///< absolute, https (plain http only to loopback); must not contain a secret
  std::vector<HttpHeader> headers{};
  std::vector<SecretHeader> secret_headers{};
  std::string body{};
  std::string_view operation{};  ///< static name for logs, metrics and limits, e.g. "wildberries.cards_list"
  QuotaTag quota{};
  int cost = 1;  ///< number of requests that it counts as when it succeeds
  Idempotency idempotency = Idempotency::safe;
  Reach reach = Reach::anywhere;
  std::size_t max_body = std::size_t{256} << 20;  ///< bytes after decompression; a larger body is Errc::body_too_large

  /// A copy, secrets included: requests themselves are only moved.
  [[nodiscard]] STK_API HttpRequest clone() const;
};

/// JSON readers may read this many bytes beyond the end of a body; transports reserve them, so that no copy is needed.
inline constexpr std::size_t kBodyPadding = 64;

/// How long an exchange lasts at most where nothing else is said. Slots that a process took for a request and never
/// returned are free again after it.
inline constexpr Duration kLongestExchange = std::chrono::minutes(5);

/// @code
/// STK_TRY(const auto response, transport->send({.url = "https://api.shop.example/ping"}, context));
/// if (const auto type = response.header("Content-Type")) std::printf("%d %zu\n", response.status, type->size());
/// @endcode
struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers{};
  std::string body{};  ///< decompressed; its capacity should exceed its size by kBodyPadding
  int attempts = 1;    ///< how often the request was sent until this answer came

  /// The first header with that name; letter case is ignored.
  [[nodiscard]] STK_API std::optional<std::string_view> header(std::string_view name) const noexcept;
};

/// Thread-safe.
///
/// @code
/// class Journal final : public st::HttpTransport {
///  public:
///   explicit Journal(std::shared_ptr<st::HttpTransport> next) : next_(std::move(next)) {}
///   st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
///     return next_->send(request, context);  // write request.operation to the journal here, never a header
///   }
///
///  private:
///   std::shared_ptr<st::HttpTransport> next_;
/// };
/// @endcode
class STK_API HttpTransport {
 public:
  HttpTransport() = default;
  HttpTransport(const HttpTransport&) = delete;
  HttpTransport& operator=(const HttpTransport&) = delete;
  virtual ~HttpTransport();

  /// Every complete answer is a success, 4xx and 5xx included. Observes deadline and stop token while it waits.
  [[nodiscard]] virtual Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) = 0;
};

}  // namespace stocktracker::inline v0
