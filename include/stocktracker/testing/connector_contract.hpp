/// @file
/// The contract suite of connectors: the suite that our own pass.
#pragma once

#include <memory>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/marketplace/connector.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// Gives connectors to an account that has offers, at least one seller warehouse, and stock of both kinds; where the
/// channel tells orders and prices, some of these, too.
class STK_API ConnectorSubject {
 public:
  ConnectorSubject() = default;
  ConnectorSubject(const ConnectorSubject&) = delete;
  ConnectorSubject& operator=(const ConnectorSubject&) = delete;
  virtual ~ConnectorSubject();

  [[nodiscard]] virtual Result<std::shared_ptr<Connector>> connector() = 0;
  /// Puts a transport between a connector and its marketplace.
  using Middle = FunctionRef<std::shared_ptr<HttpTransport>(std::shared_ptr<HttpTransport>)>;
  /// The same account, its requests going through `middle`; null when it does not speak HTTP by the port.
  [[nodiscard]] virtual std::shared_ptr<Connector> through(Middle middle) = 0;
  /// For one that does not: the same account where every request is answered with this status; null when it cannot.
  [[nodiscard]] virtual std::shared_ptr<Connector> with_status(int status);
};

/// Every case is named in Check::begin. Besides plain reading, errors and limits the suite checks each list that is
/// read as JSON over HTTP: a list of repeated pages ends as a protocol error within a few requests; null lists do no
/// harm; an unreadable row is reported to the sink and all other rows are delivered; a byte order mark is skipped; a
/// refusal without words is an error with a reason.
STK_API void connector_contract(ConnectorSubject& subject, Check& check);

}  // namespace stocktracker::inline v0::testing
