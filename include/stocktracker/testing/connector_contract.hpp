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

/// Every case has its name in Check::begin. Beside plain reading, errors and limits it is asked of each list that is
/// read over HTTP, with JSON for answers: that a list whose pages repeat under new cursors ends as a protocol error
/// within a few requests, that lists that are null harm nothing, that a row that says nothing is reported to the sink
/// and costs no other row, that a byte order mark is skipped, and that a refusal without words says why.
STK_API void connector_contract(ConnectorSubject& subject, Check& check);

}  // namespace stocktracker::inline v0::testing
