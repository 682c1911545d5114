/// @file
/// The contract suite of HTTP transports that reach the network. A transport is complete when it passes.
#pragma once

#include <memory>

#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// Provides the transport under test; deadlines are read from the system's clock.
///
/// @code
/// class Curl final : public st::testing::TransportSubject {
///  public:
///   st::Result<std::shared_ptr<st::HttpTransport>> transport() override { return st::make_curl_transport(); }
///   bool keeps_reach() const override { return true; }
/// };  // then: transport_contract(subject, check)
/// @endcode
class STK_API TransportSubject {
 public:
  TransportSubject() = default;
  TransportSubject(const TransportSubject&) = delete;
  TransportSubject& operator=(const TransportSubject&) = delete;
  virtual ~TransportSubject();
  [[nodiscard]] virtual Result<std::shared_ptr<HttpTransport>> transport() = 0;
  /// Another transport, which ends a request after this long without a byte sent or received; null (the default) if the
  /// transport has no such limit: then it is not tested.
  [[nodiscard]] virtual std::shared_ptr<HttpTransport> with_idle_timeout(Duration limit);
  /// True if the transport obeys HttpRequest::reach; the default is false, and it is not tested. A server where tenants
  /// choose addresses needs a transport that obeys it.
  [[nodiscard]] virtual bool keeps_reach() const;
};

/// Runs every case against its own servers on this machine; takes some seconds. The contract: method, target, headers
/// and body arrive unchanged, once, and nothing of them is in a later request; a request that must not be sent twice is
/// not; every complete answer is a success with all of its headers and its body, decompressed and padded, within
/// max_body; redirects are not followed; a broken connection gives the error that says what is known; deadlines and
/// stop requests end a call at once; URLs and headers that must not be sent are refused before anything is sent.
STK_API void transport_contract(TransportSubject& subject, Check& check);

}  // namespace stocktracker::inline v0::testing
