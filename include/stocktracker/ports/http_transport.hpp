/// @file
/// HttpTransport: one request, one answer. What a status means is decided above.
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

/// Whether a request may be sent again when its fate is unknown.
enum class Idempotency : unsigned char {
  safe,    ///< reads, whatever their method
  keyed,   ///< the vendor drops repetitions by a key in the request
  unsafe,  ///< never sent twice
};

struct HttpHeader {
  std::string name;
  std::string value;
};

/// A header whose value is a secret: it reaches the wire and nothing else.
struct SecretHeader {
  std::string name;
  Secret value;
};

/// Whose limits a request spends, and which.
struct QuotaTag {
  std::string_view vendor{};    ///< static, e.g. "wildberries"; empty: no limit is known
  std::string owner{};          ///< the vendor's id of the seller
  std::string_view tier{};      ///< static: the kind of token, where limits depend on it
  std::string_view category{};  ///< static: group of methods with limits of its own
};

/// Where a request may go, whatever its URL says.
enum class Reach : unsigned char {
  anywhere,  ///< the program's own choice of hosts
  /// For addresses that a tenant can name. After the name is resolved, an address of a private, loopback, link-local or
  /// other special network (cloud metadata services live there) is Errc::address_refused before a byte of the request
  /// is sent.
  public_internet,
};
[[nodiscard]] STK_API const char* to_string(Reach reach) noexcept;

struct HttpRequest {
  HttpMethod method = HttpMethod::get;
  std::string url{};  ///< absolute, https (plain http to loopback only); never holds a secret
  std::vector<HttpHeader> headers{};
  std::vector<SecretHeader> secret_headers{};
  std::string body{};
  std::string_view operation{};  ///< static name for logs, metrics and limits, e.g. "wildberries.cards_list"
  QuotaTag quota{};
  int cost = 1;  ///< requests it counts as when it succeeds
  Idempotency idempotency = Idempotency::safe;
  Reach reach = Reach::anywhere;
  std::size_t max_body = std::size_t{256} << 20;  ///< bytes after decompression; beyond: Errc::body_too_large
};

/// Readable bytes that JSON readers want behind the end of a body: transports reserve them, so that no copy is made.
inline constexpr std::size_t kBodyPadding = 64;

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers{};
  std::string body{};  ///< decompressed; capacity should exceed size by kBodyPadding
  int attempts = 1;    ///< how often it was sent until this came

  /// The first header of that name, letter case ignored.
  [[nodiscard]] STK_API std::optional<std::string_view> header(std::string_view name) const noexcept;
};

/// Thread-safe.
class STK_API HttpTransport {
 public:
  HttpTransport() = default;
  HttpTransport(const HttpTransport&) = delete;
  HttpTransport& operator=(const HttpTransport&) = delete;
  virtual ~HttpTransport();

  /// Any complete answer is a success, 4xx and 5xx included. Honours deadline and stop token while waiting.
  [[nodiscard]] virtual Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) = 0;
};

}  // namespace stocktracker::inline v0
