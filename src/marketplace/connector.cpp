// Default implementations of connectors and sinks.
#include <stocktracker/marketplace/connector.hpp>

namespace stocktracker::inline v0 {

AnswerSink::~AnswerSink() = default;
OfferSink::~OfferSink() = default;
WarehouseSink::~WarehouseSink() = default;
StockSink::~StockSink() = default;
OrderSink::~OrderSink() = default;
PriceSink::~PriceSink() = default;
Connector::~Connector() = default;
AccountMemory::~AccountMemory() = default;
ConnectorFactory::~ConnectorFactory() = default;

void AnswerSink::odd_row(const OddRow&) {}
Result<void> AccountMemory::set_on_commit(std::string_view name, std::string_view value, const CallContext& context) {
  return set(name, value, context);
}
void StockSink::note(std::string) {}
void StockSink::speaks_of(Instant) {}
void OrderSink::covered(const OrderCoverage&) {}
void OrderSink::emptied(std::string_view) {}
Result<std::vector<CredentialFacts>> Connector::ask_facts(const CallContext&) { return std::vector<CredentialFacts>(); }
Result<OrderCoverage> Connector::fetch_orders(const OrderQuery&, OrderSink&, const CallContext&) {
  return Error(Errc::unsupported, "this channel's orders are not read");
}
Result<void> Connector::fetch_prices(PriceSink&, const CallContext&) {
  return Error(Errc::unsupported, "this channel's prices are not read");
}
bool Connector::fbo_needs_offers() const noexcept { return false; }
std::vector<CredentialFacts> ConnectorFactory::facts(const Credentials&) const { return {}; }
Credentials ConnectorFactory::merged(Credentials, Credentials fresh, Instant) const { return fresh; }
std::vector<std::string> ConnectorFactory::hosts() const { return {}; }
Result<LimitTable> ConnectorFactory::limits() const { return LimitTable(); }

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

const char* to_string(OrderStatus status) noexcept {
  switch (status) {
    case OrderStatus::placed:
      return "placed";
    case OrderStatus::delivered:
      return "delivered";
    case OrderStatus::cancelled:
      return "cancelled";
    case OrderStatus::returned:
      return "returned";
    case OrderStatus::removed:
      return "removed";
    case OrderStatus::unknown:
      break;
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
