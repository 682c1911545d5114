// Capabilities, StockQuery, Call, ConnectorPorts: what a connector written in Python works with.
#include "bindings/python/src/connector_values.hpp"

namespace stkpy {

void bind_connector_values(py::module_& module) {
  py::class_<OwnedCapabilities, CapabilitiesHandle>(module, "Capabilities", "What a channel can do, as data.")
      .def(py::init([](std::string channel, std::string zone, bool numeric_offer_keys, st::Absent fbo_absent,
                       st::Absent fbs_absent, int offers_per_page, int stock_rows_per_page, int offers_per_fbs_request,
                       st::Duration fbo_refresh, st::Duration visibility_delay, bool compare_and_set,
                       bool fbo_by_offers) {
             if (channel.empty() || channel.size() > 23) {
               raise(st::Error(st::Errc::invalid_argument, "channel must have 1 to 23 bytes").about("channel"));
             }
             auto owned = std::make_shared<OwnedCapabilities>();
             owned->channel = std::move(channel);
             owned->zone = std::move(zone);
             owned->value = {st::Channel(owned->channel),
                             owned->zone,
                             numeric_offer_keys,
                             offers_per_page,
                             stock_rows_per_page,
                             offers_per_fbs_request,
                             fbo_absent,
                             fbs_absent,
                             fbo_by_offers,
                             fbo_refresh,
                             visibility_delay,
                             compare_and_set};
             return owned;
           }),
           py::arg("channel"), py::kw_only(), py::arg("zone") = "UTC", py::arg("numeric_offer_keys") = false,
           py::arg("fbo_absent") = st::Absent::unknown, py::arg("fbs_absent") = st::Absent::unknown,
           py::arg("offers_per_page") = 100, py::arg("stock_rows_per_page") = 1'000,
           py::arg("offers_per_fbs_request") = 1'000, py::arg("fbo_refresh") = st::Duration(),
           py::arg("visibility_delay") = st::Duration(), py::arg("compare_and_set") = false,
           py::arg("fbo_by_offers") = false)
      .def_readonly("channel", &OwnedCapabilities::channel)
      .def_readonly("zone", &OwnedCapabilities::zone)
      .def_property_readonly("numeric_offer_keys",
                             [](const OwnedCapabilities& c) { return c.value.numeric_offer_keys; })
      .def_property_readonly("fbo_absent", [](const OwnedCapabilities& c) { return c.value.fbo_absent; })
      .def_property_readonly("fbs_absent", [](const OwnedCapabilities& c) { return c.value.fbs_absent; })
      .def_property_readonly("fbo_by_offers", [](const OwnedCapabilities& c) { return c.value.fbo_by_offers; });

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
          [](const PortsForPython& p, const Call& call, const std::string& name, const std::string& value) {
            if (!p.ports.memory) return;
            value_or_raise([&] {
              const py::gil_scoped_release released;
              return p.ports.memory->set(name, value, call.context);
            }());
          },
          py::arg("call"), py::arg("name"), py::arg("value"),
          "Stores a small text for the account, which later runs can recall. No secrets.")
      .def(
          "recall",
          [](const PortsForPython& p, const Call& call, const std::string& name) -> std::string {
            if (!p.ports.memory) return {};
            return value_or_raise([&] {
              const py::gil_scoped_release released;
              return p.ports.memory->get(name, call.context);
            }());
          },
          py::arg("call"), py::arg("name"), "The stored text of that name. Empty: none is stored.");
}

}  // namespace stkpy
