/// @file
/// The contract suite of HTTP transports that reach the network. A transport is done when it passes.
#pragma once

#include <memory>

#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// Gives the transport under test; deadlines are read from the system's clock.
class STK_API TransportSubject {
 public:
  TransportSubject() = default;
  TransportSubject(const TransportSubject&) = delete;
  TransportSubject& operator=(const TransportSubject&) = delete;
  virtual ~TransportSubject();
  [[nodiscard]] virtual Result<std::shared_ptr<HttpTransport>> transport() = 0;
  /// Another one that ends a request after so long without a byte sent or received; null, the default, where the
  /// transport has no such limit. Then nothing is asked about it.
  [[nodiscard]] virtual std::shared_ptr<HttpTransport> with_idle_timeout(Duration limit);
  /// Whether it keeps HttpRequest::reach; by default false, and nothing is asked about it. A server whose tenants name
  /// addresses needs a transport that does.
  [[nodiscard]] virtual bool keeps_reach() const;
};

/// Runs every case against servers of its own on this machine; takes some seconds. What it must keep: method, target,
/// headers and body arrive as they are, once, and nothing of them is in a later request; a request that is never to be
/// sent twice is not; every complete answer is a success with all of its headers and its body, unpacked and padded,
/// within max_body; redirects are not followed; a broken connection is the error that says what is known; deadlines and
/// stop requests end a call at once; URLs and headers that must not be sent are refused before anything is.
STK_API void transport_contract(TransportSubject& subject, Check& check);

}  // namespace stocktracker::inline v0::testing
