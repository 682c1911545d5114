/// @file
/// LoopbackServer: a small HTTP/1.1 server on this machine, for tests of transports and for worlds over the network.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0::testing {

/// An answer, and how it is sent.
struct ServedAnswer {
  enum class Wire : unsigned char {
    complete,
    chunked,    ///< without a length
    reset,      ///< the connection is reset without an answer
    truncated,  ///< the length is complete, half of the body is sent, then the connection ends
    silent,     ///< nothing is sent; the connection stays open
    stalled,    ///< the length is complete, half of the body is sent, then nothing; the connection stays open
  };
  HttpResponse response{};
  Wire wire = Wire::complete;
  Duration delay{};              ///< before the answer begins
  Duration slow{};               ///< the body is sent slowly, over this time
  std::uint64_t stream_bytes{};  ///< not 0: the body is repeated until this many bytes have been sent
};

/// Called on one thread per connection; must be thread-safe.
///
/// @code
/// struct Pong final : st::testing::LoopbackHandler {
///   st::testing::ServedAnswer answer(const st::HttpRequest& request) override {
///     return {.response = {.status = request.url == "/ping" ? 200 : 404}};
///   }
/// };
/// @endcode
class STK_API LoopbackHandler {
 public:
  LoopbackHandler() = default;
  LoopbackHandler(const LoopbackHandler&) = delete;
  LoopbackHandler& operator=(const LoopbackHandler&) = delete;
  virtual ~LoopbackHandler();
  /// `request.url` is the request target as sent; all headers are in `request.headers`.
  [[nodiscard]] virtual ServedAnswer answer(const HttpRequest& request) = 0;
  /// Called when only the head has been read. True: the body stays unread until the connection ends, as with a peer
  /// that hangs. The default is false.
  [[nodiscard]] virtual bool ignores_body(const HttpRequest& request);
};

/// Serves until it is destroyed; connections stay open between requests. Bodies up to 64 MiB, plain or chunked.
///
/// @code
/// struct Half final : st::testing::LoopbackHandler {
///   st::testing::ServedAnswer answer(const st::HttpRequest&) override {
///     return {.response = {.status = 200, .body = "[1,2]"}, .wire = st::testing::ServedAnswer::Wire::truncated};
///   }
/// };
/// inline auto serve() { return st::testing::LoopbackServer::start(std::make_shared<Half>()); }
/// @endcode
class STK_API LoopbackServer {
 public:
  /// Port 0 chooses a free one. Errc::io_failed if the port is taken.
  [[nodiscard]] static Result<std::unique_ptr<LoopbackServer>> start(std::shared_ptr<LoopbackHandler> handler,
                                                                     std::uint16_t port = 0);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;
  /// "http://127.0.0.1:<port>"
  [[nodiscard]] std::string url() const;
  /// Connections accepted so far.
  [[nodiscard]] std::int64_t connections() const noexcept;

 private:
  struct State;
  explicit LoopbackServer(std::shared_ptr<State> state) noexcept;
  std::shared_ptr<State> state_;
};

}  // namespace stocktracker::inline v0::testing
