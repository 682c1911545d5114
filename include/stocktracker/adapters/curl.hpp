/// @file
/// HTTP over libcurl: one reactor thread, shared by all callers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

struct CurlOptions {
  std::string user_agent{};  ///< empty: "stocktracker/<version>"
  std::string ca_bundle{};   ///< PEM file of the authorities to trust; empty: the system's
  /// "http://host:port" of a proxy for everything but this machine; empty: none. The environment is not asked.
  std::string proxy{};
  int max_connections = 64;                                 ///< open at the same time, 1 to 1,000
  int max_connections_per_host = 6;                         ///< 1 to 100; further requests wait their turn
  Duration connect_timeout = std::chrono::seconds(10);      ///< name, TCP and TLS together
  Duration request_timeout = std::chrono::seconds(5 * 60);  ///< of a call without a deadline, and of any other at most
  /// A connected request ends after this long without a byte sent or received; 1 s to 24 h. Shorter than
  /// request_timeout, which limits the complete exchange.
  Duration idle_timeout = std::chrono::seconds(30);
  bool http2 = true;                       ///< offered by ALPN; requests to a host share a connection
  std::vector<std::string> http1_hosts{};  ///< hosts whose HTTP/2 is not to be used
  std::shared_ptr<Clock> clock{};          ///< what deadlines are read from; null: the system's

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// TLS 1.2 or newer, certificates always checked; https only, but for plain http to this machine; redirects are never
/// followed: they are answers. Bodies are decompressed and capped after that. Thread-safe.
///
/// Starts one thread, which ends with the transport; the destructor waits for calls in flight, which get
/// Errc::cancelled. After fork() the child must not use it.
///
/// Errors: connect_failed (nothing was sent), tls_failed, connection_lost (sent, no answer, also after idle_timeout),
/// body_truncated (likewise within an answer), body_too_large, deadline_exceeded, cancelled, invalid_argument (a URL
/// that is not allowed). A connection on which a request ran out of time is not used again.
[[nodiscard]] STK_API Result<std::shared_ptr<HttpTransport>> make_curl_transport(CurlOptions options = {});

}  // namespace stocktracker::inline v0
