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

/// Requests wait in queues of their tenants (CallContext::tenant; nil is one, too), which take turns. Where tenants
/// share places, one that is alone takes at most seven eighths of them, so that a newcomer finds a free one; with fewer
/// than four places the first to come may take all. Deadlines and stop requests count while a request waits.
struct CurlOptions {
  std::string user_agent{};  ///< empty: "stocktracker/<version>"
  std::string ca_bundle{};   ///< PEM file of the authorities to trust; empty: the system's
  /// "http://host:port" of a proxy for everything but this machine; empty: none. The environment is not asked.
  /// With a proxy it resolves the names, so it is the proxy that must keep requests of Reach::public_internet out of
  /// inner networks. Here only hosts that are spelled as addresses, and "localhost", are refused then.
  std::string proxy{};
  /// Open at the same time, 1 to 1,000. Half of them at most are attempts to reach hosts that could not be reached
  /// before: names that hang leave the other half to hosts that work.
  int max_connections = 64;
  /// 1 to 100; further requests wait their turn. A host with HTTP/2 gets up to 100 requests at a time, which share one
  /// connection; requests that are never sent twice (Idempotency::unsafe) have a connection each.
  int max_connections_per_host = 6;
  Duration connect_timeout = std::chrono::seconds(10);      ///< name, TCP and TLS together
  Duration request_timeout = std::chrono::seconds(5 * 60);  ///< of a call without a deadline, and of any other at most
  /// A connected request ends after this long without a byte sent or received; 1 s to 24 h. Shorter than
  /// request_timeout, which limits the complete exchange. It is also how long a peer that acknowledges everything and
  /// answers nothing goes unnoticed; one that does not even acknowledge is noticed after 20 s.
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
/// that is not allowed), address_refused (HttpRequest::reach; checked for each connection after the name is resolved,
/// and again before each request on a connection that exists; of a name with several addresses the public ones are
/// used).
///
/// A connection on which a request ran out of time is not used again, unless others are being answered over it. When
/// one of several requests on a connection ends because the peer is silent or the connection breaks, those of the
/// others that may be repeated (safe or keyed) and got nothing yet are sent once more over another connection.
///
/// A name that does not resolve delays nobody, and neither the end of its own request nor that of the transport. The
/// thread that waits for the name ends when the system's resolver gives up.
[[nodiscard]] STK_API Result<std::shared_ptr<HttpTransport>> make_curl_transport(CurlOptions options = {});

}  // namespace stocktracker::inline v0
