#include <stocktracker/marketplace/connector.hpp>

namespace stocktracker::inline v0 {

OfferSink::~OfferSink() = default;
WarehouseSink::~WarehouseSink() = default;
StockSink::~StockSink() = default;
Connector::~Connector() = default;
ConnectorFactory::~ConnectorFactory() = default;

const char* to_string(OfferState state) noexcept {
  switch (state) {
    case OfferState::listed:
      return "listed";
    case OfferState::uncarded:
      return "uncarded";
    case OfferState::vanished:
      return "vanished";
  }
  return "unknown";
}

const char* to_string(WarehouseKind kind) noexcept {
  switch (kind) {
    case WarehouseKind::marketplace:
      return "marketplace";
    case WarehouseKind::seller:
      return "seller";
    case WarehouseKind::undisclosed:
      return "undisclosed";
  }
  return "unknown";
}

}  // namespace stocktracker::inline v0
