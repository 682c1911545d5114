// Capabilities, StockQuery, Call, ConnectorPorts: what a connector written in Python works with.
#include "bindings/python/src/connector_values.hpp"

namespace stkpy {
namespace {

CapabilitiesHandle make_capabilities(std::string channel, std::string zone, bool numeric_offer_keys,
                                     st::Absent fbo_absent, st::Absent fbs_absent, int offers_per_page,
                                     int stock_rows_per_page, int offers_per_fbs_request, st::Duration fbo_refresh,
                                     st::Duration visibility_delay, bool compare_and_set, bool fbo_by_offers,
                                     bool orders, bool prices, st::Duration orders_kept, bool orders_by_period,
                                     bool orders_complete, bool order_changes_timed) {
  if (channel.empty() || channel.size() > 23) {
    raise(st::Error(st::Errc::invalid_argument, "channel must have 1 to 23 bytes").about("channel"));
  }
  auto owned = std::make_shared<OwnedCapabilities>();
  owned->channel = std::move(channel);
  owned->zone = std::move(zone);
  st::Capabilities& value = owned->value;
  value.channel = st::Channel(owned->channel);
  value.zone = owned->zone;
  value.numeric_offer_keys = numeric_offer_keys;
  value.offers_per_page = offers_per_page;
  value.stock_rows_per_page = stock_rows_per_page;
  value.offers_per_fbs_request = offers_per_fbs_request;
  value.fbo_absent = fbo_absent;
  value.fbs_absent = fbs_absent;
  value.fbo_by_offers = fbo_by_offers;
  value.fbo_refresh = fbo_refresh;
  value.visibility_delay = visibility_delay;
  value.compare_and_set = compare_and_set;
  value.orders = orders;
  value.prices = prices;
  value.orders_kept = orders_kept;
  value.orders_by_period = orders_by_period;
  value.orders_complete = orders_complete;
  value.order_changes_timed = order_changes_timed;
  return owned;
}

template <auto Member>
auto capability() {
  return [](const OwnedCapabilities& c) { return c.value.*Member; };
}

void bind_capabilities(py::module_& module) {
  using C = st::Capabilities;
  py::class_<OwnedCapabilities, CapabilitiesHandle>(module, "Capabilities", "What a channel can do, as data.")
      .def(py::init(&make_capabilities), py::arg("channel"), py::kw_only(), py::arg("zone") = "UTC",
           py::arg("numeric_offer_keys") = false, py::arg("fbo_absent") = st::Absent::unknown,
           py::arg("fbs_absent") = st::Absent::unknown, py::arg("offers_per_page") = 100,
           py::arg("stock_rows_per_page") = 1'000, py::arg("offers_per_fbs_request") = 1'000,
           py::arg("fbo_refresh") = st::Duration(), py::arg("visibility_delay") = st::Duration(),
           py::arg("compare_and_set") = false, py::arg("fbo_by_offers") = false, py::arg("orders") = false,
           py::arg("prices") = false, py::arg("orders_kept") = st::Duration(), py::arg("orders_by_period") = false,
           py::arg("orders_complete") = false, py::arg("order_changes_timed") = false)
      .def_readonly("channel", &OwnedCapabilities::channel)
      .def_readonly("zone", &OwnedCapabilities::zone)
      .def_property_readonly("numeric_offer_keys", capability<&C::numeric_offer_keys>())
      .def_property_readonly("fbo_absent", capability<&C::fbo_absent>())
      .def_property_readonly("fbs_absent", capability<&C::fbs_absent>())
      .def_property_readonly("fbo_by_offers", capability<&C::fbo_by_offers>())
      .def_property_readonly("orders", capability<&C::orders>(), "fetch_orders answers.")
      .def_property_readonly("prices", capability<&C::prices>(), "fetch_prices answers.")
      .def_property_readonly("orders_kept", capability<&C::orders_kept>(),
                             "How far back the channel reports orders; 0: without limit.")
      .def_property_readonly("orders_by_period", capability<&C::orders_by_period>(),
                             "An answer has every line of the period: a known line that is missing was removed.")
      .def_property_readonly("orders_complete", capability<&C::orders_complete>(),
                             "An order has all its lines: a known line that is missing was removed from it.")
      .def_property_readonly("order_changes_timed", capability<&C::order_changes_timed>(),
                             "changed_at is the channel's time: an earlier one is an older state.");
}

}  // namespace

void bind_connector_values(py::module_& module) {
  bind_capabilities(module);
  py::class_<st::OrderQuery>(module, "OrderQuery", "Which orders to fetch.")
      .def_readonly("since", &st::OrderQuery::since, "Lines that were ordered or changed at this time or later.")
      .def_readonly("first", &st::OrderQuery::first, "No orders of the account are stored yet.");
  py::class_<StockQueryForPython>(module, "StockQuery", "The source to fetch.")
      .def_readonly("kind", &StockQueryForPython::kind)
      .def_readonly("warehouse", &StockQueryForPython::warehouse, "FBS: the seller warehouse's key.")
      .def_readonly("warehouse_name", &StockQueryForPython::warehouse_name)
      .def_readonly("offers", &StockQueryForPython::offers, "FBS: the keys of the requested offers.");

  py::class_<Call>(module, "Call", "The context of one call: deadline, cancellation, progress.")
      .def(
          "check", [](const Call& call) { return call.context.check(call.clock->now()); },
          "Raises if the caller cancelled the call or its deadline has passed.")
      .def_property_readonly(
          "now", [](const Call& call) { return call.clock->now(); }, "The engine's time.")
      .def_property_readonly("remaining",
                             [](const Call& call) -> std::optional<st::Duration> {
                               if (call.context.deadline == st::Instant::latest()) return std::nullopt;
                               return call.context.deadline - call.clock->now();
                             })
      .def(
          "progress",
          [](const Call& call, const std::string& stage, std::uint64_t done, std::uint64_t expected) {
            const Released released;
            call.context.report({stage, done, expected});
          },
          py::arg("stage"), py::arg("done"), py::arg("expected") = 0);

  py::class_<PortsForPython>(module, "ConnectorPorts", "The services that a connector may use.")
      .def_property_readonly(
          "http",
          [](const PortsForPython& p) {
            return Http{p.ports.transport, p.vendor};
          },
          "Requests within the channel's limits.")
      .def_property_readonly("now", [](const PortsForPython& p) { return p.ports.clock->now(); })
      .def(
          "remember",
          [](const PortsForPython& p, const Call& call, const std::string& name, const std::string& value,
             bool on_commit) {
            if (!p.ports.memory) return;
            value_or_raise([&] {
              const Released released;
              return on_commit ? p.ports.memory->set_on_commit(name, value, call.context)
                               : p.ports.memory->set(name, value, call.context);
            }());
          },
          py::arg("call"), py::arg("name"), py::arg("value"), py::kw_only(), py::arg("on_commit") = false,
          "Stores a small text for the account, which later runs can recall. No secrets. on_commit: only if the order "
          "lines that were yielded before are stored.")
      .def(
          "recall",
          [](const PortsForPython& p, const Call& call, const std::string& name) -> std::string {
            if (!p.ports.memory) return {};
            return value_or_raise([&] {
              const Released released;
              return p.ports.memory->get(name, call.context);
            }());
          },
          py::arg("call"), py::arg("name"), "The stored text of that name. Empty: none is stored.");
}

}  // namespace stkpy
