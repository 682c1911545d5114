/// @file
/// The contract suite of connectors: the suite that our own pass.
#pragma once

#include <memory>

#include <stocktracker/marketplace/connector.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// Gives connectors to an account that has offers, at least one seller warehouse, and stock of both kinds.
class STK_API ConnectorSubject {
 public:
  ConnectorSubject() = default;
  ConnectorSubject(const ConnectorSubject&) = delete;
  ConnectorSubject& operator=(const ConnectorSubject&) = delete;
  virtual ~ConnectorSubject();

  [[nodiscard]] virtual Result<std::shared_ptr<Connector>> connector() = 0;
  /// The same account through a transport that answers every request with this status; null when it cannot.
  [[nodiscard]] virtual std::shared_ptr<Connector> with_status(int status) = 0;
};

STK_API void connector_contract(ConnectorSubject& subject, Check& check);

}  // namespace stocktracker::inline v0::testing
