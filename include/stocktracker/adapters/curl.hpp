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

/// Requests wait in one queue per tenant (CallContext::tenant; nil counts as a tenant), and the queues take turns.
/// Where tenants share slots, a tenant that is alone takes at most seven eighths of them, so that the next tenant finds
/// a free slot; with fewer than four slots the first tenant may take all. Deadlines and stop requests count while a
/// request waits.
///
/// @code
/// STK_TRY(auto http, st::make_curl_transport({.proxy = "http://proxy.example:3128", .max_connections = 16}));
/// STK_TRY(auto engine, st::open({.path = "shop.db", .transport = http}));
/// @endcode
struct CurlOptions {
  std::string user_agent{};  ///< empty: "stocktracker/<version>"
  std::string ca_bundle{};   ///< PEM file of the authorities to trust; empty: the system's
  /// "http://host:port" of a proxy for everything except this machine; empty: no proxy. Environment variables are not
  /// read. The proxy resolves the names, so the proxy must keep requests of Reach::public_internet out of inner
  /// networks: the transport itself then refuses only hosts that are written as addresses, and "localhost".
  std::string proxy{};
  /// Connections open at the same time, 1 to 1,000. At most half of them connect to hosts that are new or did not
  /// accept the last attempt to connect, so that hosts that hang leave the other half to hosts that work.
  int max_connections = 64;
  /// 1 to 100; further requests wait. A host with HTTP/2 gets up to 100 requests at a time over one connection;
  /// requests that must never be sent twice (Idempotency::unsafe) have a connection each.
  int max_connections_per_host = 6;
  Duration connect_timeout = std::chrono::seconds(10);  ///< resolving the name, TCP and TLS together
  Duration request_timeout = kLongestExchange;          ///< if there is no deadline; upper limit otherwise
  /// A connected request ends after this long without a byte sent or received; 1 s to 24 h. Use less than
  /// request_timeout, which limits the complete exchange. A peer that acknowledges everything and never answers is
  /// noticed after this long; a peer that does not even acknowledge is noticed after 20 s.
  Duration idle_timeout = std::chrono::seconds(30);
  bool http2 = true;                       ///< offered by ALPN; requests to a host share a connection
  std::vector<std::string> http1_hosts{};  ///< hosts for which HTTP/2 is not used
  std::shared_ptr<Clock> clock{};          ///< deadlines are read from it; null: the system's clock

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// TLS 1.2 or newer, certificates always checked. Only https, except plain http to this machine. Redirects are returned
/// as answers, never followed. Bodies are decompressed; their size limit counts the decompressed bytes. Thread-safe.
///
/// Starts one thread, which ends with the transport. The destructor ends calls in flight with Errc::cancelled and waits
/// for them. After fork() the child must not use the transport.
///
/// Errors: connect_failed (nothing was sent), tls_failed, connection_lost (sent, no answer; also after idle_timeout),
/// body_truncated (the connection broke within an answer), body_too_large, deadline_exceeded, cancelled,
/// invalid_argument (a URL that is not allowed), address_refused (HttpRequest::reach: checked for each connection after
/// the name is resolved, and again before each request on an existing connection; if a name has several addresses, the
/// public ones are used).
///
/// If a request runs out of time, its connection is not used for new requests, unless other requests are being answered
/// over it. If one of several requests on a connection ends because the peer is silent or the connection breaks, the
/// other requests that may be repeated (safe or keyed) and have received nothing yet are sent once more over another
/// connection.
///
/// A name that does not resolve delays no other request, and delays neither the end of its own request nor the end of
/// the transport. The thread that waits for the name ends when the system's resolver gives up.
[[nodiscard]] STK_API Result<std::shared_ptr<HttpTransport>> make_curl_transport(CurlOptions options = {});

}  // namespace stocktracker::inline v0
