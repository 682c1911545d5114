// The values that a connector written in Python gets and returns.
#pragma once

#include <memory>
#include <string>

#include "bindings/python/src/casters.hpp"

namespace stkpy {

// The library's capabilities hold views of static text; these hold the text.
struct OwnedCapabilities {
  std::string channel;
  std::string zone;
  st::Capabilities value;
};
using CapabilitiesHandle = std::shared_ptr<OwnedCapabilities>;

// The context of one call, as `call`.
struct Call {
  st::CallContext context;
  std::shared_ptr<st::Clock> clock;
};

// HTTP through the engine's policies: limits, retries, breaker, log without secrets.
struct Http {
  std::shared_ptr<st::HttpTransport> transport;
  std::string vendor;
};

struct PortsForPython {
  st::ConnectorPorts ports;
  std::string vendor;
};

// A page that a connector yields. The engine moves the rows out of it and sets `used`.
struct StockPage {
  st::StockPage rows;
  bool used = false;
};

struct StockQueryForPython {
  st::StockKind kind;
  std::string warehouse;
  std::string warehouse_name;
  std::vector<std::string> offers;
};

std::shared_ptr<st::Connector> make_connector(py::object object, std::string name, CapabilitiesHandle capabilities,
                                              bool fbo_needs_offers, std::shared_ptr<st::Clock> clock);
void bind_connector_values(py::module_& module);
void bind_stock_page(py::module_& module);
void bind_http(py::module_& module);

}  // namespace stkpy
