/// @file
/// LoopbackServer: a small HTTP/1.1 server on this machine, for transports under test and for worlds over the network.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0::testing {

/// An answer and what happens to it on the wire.
struct ServedAnswer {
  enum class Wire : unsigned char {
    whole,
    chunked,    ///< without a length
    reset,      ///< nothing comes back, the connection is reset
    truncated,  ///< the length promises everything, half of the body comes, then the connection ends
    silent,     ///< nothing ever comes; the connection stays open
    stalled,    ///< the length promises everything, half of the body comes, then nothing; the connection stays open
  };
  HttpResponse response{};
  Wire wire = Wire::whole;
  Duration delay{};              ///< before the answer begins
  Duration slow{};               ///< the body trickles in over this long
  std::uint64_t stream_bytes{};  ///< not 0: the body is repeated until so many bytes were sent
};

/// Called from one thread per connection; must be thread-safe.
class STK_API LoopbackHandler {
 public:
  LoopbackHandler() = default;
  LoopbackHandler(const LoopbackHandler&) = delete;
  LoopbackHandler& operator=(const LoopbackHandler&) = delete;
  virtual ~LoopbackHandler();
  /// `request.url` is the target as sent; all headers are in `request.headers`.
  [[nodiscard]] virtual ServedAnswer answer(const HttpRequest& request) = 0;
  /// Called when only the head has been read: true leaves the body unread, as a peer that hangs does, until the
  /// connection ends. By default false.
  [[nodiscard]] virtual bool ignores_body(const HttpRequest& request);
};

/// Serves until destroyed; connections are kept open between requests. Bodies up to 64 MiB, plain or chunked.
class STK_API LoopbackServer {
 public:
  /// Port 0 takes a free one. Errc::io_failed when the port is taken.
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
