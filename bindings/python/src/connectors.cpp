// Classes of connectors written in Python as factories, and the suite that they pass.
#include <stocktracker/testing/connector_contract.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/connector_values.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/held.hpp"
#include "bindings/python/src/seams.hpp"
#include "bindings/python/src/typed_argument.hpp"

namespace stkpy {
namespace {

class PythonFactory final : public st::ConnectorFactory {
 public:
  // The GIL must be held. Raises if the class is not a connector.
  explicit PythonFactory(const py::object& connector_class)
      : class_(connector_class),
        name_(py::str(connector_class.attr("__name__"))),
        capabilities_(connector_class.attr("capabilities").cast<CapabilitiesHandle>()),
        fbo_needs_offers_(py::bool_(connector_class.attr("fbo_needs_offers"))) {
    const py::object limits = connector_class.attr("limits");
    if (!limits.is_none()) limits_ = limits.cast<st::LimitTable>();
    for (const py::handle host : connector_class.attr("hosts")) hosts_.push_back(host.cast<std::string>());
  }

  [[nodiscard]] st::Channel channel() const noexcept override { return capabilities_->value.channel; }
  [[nodiscard]] st::Result<st::LimitTable> limits() const override { return limits_; }
  [[nodiscard]] std::vector<std::string> hosts() const override { return hosts_; }

  st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials& credentials,
                                                     const st::ConnectorPorts& ports) override {
    const Acquired gil;
    const WithinCallback within;
    try {
      py::object object = class_.get()(copy_of(credentials), PortsForPython{ports, capabilities_->channel});
      return make_connector(std::move(object), name_, capabilities_, fbo_needs_offers_, ports.clock);
    } catch (py::error_already_set& raised) {
      return error_of(raised, name_);
    }
  }

  [[nodiscard]] std::vector<st::CredentialFacts> facts(const st::Credentials& credentials) const override {
    const Acquired gil;
    const WithinCallback within;
    try {
      std::vector<st::CredentialFacts> facts;
      for (const py::handle fact : class_.get().attr("facts")(copy_of(credentials))) {
        facts.push_back(fact.cast<st::CredentialFacts>());
      }
      return facts;
    } catch (py::error_already_set& raised) {
      raised.discard_as_unraisable((name_ + ".facts").c_str());
    } catch (const py::cast_error&) {
      PyErr_SetString(PyExc_TypeError, "facts must give CredentialFacts");
      PyErr_WriteUnraisable(class_.get().ptr());
    }
    return {};
  }

 private:
  Held class_;
  std::string name_;
  CapabilitiesHandle capabilities_;
  bool fbo_needs_offers_;
  st::LimitTable limits_;
  std::vector<std::string> hosts_;
};

class PythonSubject final : public st::testing::ConnectorSubject {
 public:
  PythonSubject(std::shared_ptr<st::ConnectorFactory> factory, st::Credentials credentials, bool uses_http,
                std::shared_ptr<st::HttpTransport> transport)
      : factory_(std::move(factory)),
        credentials_(std::move(credentials)),
        uses_http_(uses_http),
        transport_(std::move(transport)) {}
  st::Result<std::shared_ptr<st::Connector>> connector() override {
    return factory_->connect(credentials_, {transport_, clock_, {}, {}});
  }
  std::shared_ptr<st::Connector> through(Middle middle) override {
    if (!uses_http_) return nullptr;
    auto made = factory_->connect(credentials_, {middle(transport_), clock_, {}, {}});
    return made ? made.value() : nullptr;
  }

 private:
  std::shared_ptr<st::ConnectorFactory> factory_;
  st::Credentials credentials_;
  bool uses_http_;
  std::shared_ptr<st::HttpTransport> transport_;
  std::shared_ptr<st::Clock> clock_ = st::make_system_clock();
};

class Failures final : public st::testing::Check {
 public:
  void begin(std::string_view name) override { name_ = name; }
  void expect(bool holds, std::string_view what) override {
    ++checked;
    if (!holds) found.push_back(name_ + ": " + std::string(what));
  }
  std::vector<std::string> found;
  int checked = 0;

 private:
  std::string name_;
};

std::vector<std::string> contract(const py::object& connector_class, const st::Credentials& credentials, bool uses_http,
                                  const TypedArgument<TransportOrNone>& transport) {
  if (uses_http && transport.value.is_none()) {
    throw py::type_error(
        "connector_contract() needs transport=, which answers as the marketplace does: an object with send(request, "
        "call), a world's transport or curl_transport(); or uses_http=False");
  }
  Failures failures;
  PythonSubject subject(connector_factory(connector_class), copy_of(credentials), uses_http,
                        transport_of(transport.value, st::make_system_clock()));
  {
    const Released released;
    st::testing::connector_contract(subject, failures);
  }
  if (failures.checked == 0) failures.found.push_back("nothing was checked");
  return failures.found;
}

}  // namespace

std::shared_ptr<st::ConnectorFactory> connector_factory(const py::object& connector_class) {
  const py::object base = py::module_::import("stocktracker.connector").attr("Connector");
  const int is = PyType_Check(connector_class.ptr()) != 0 ? PyObject_IsSubclass(connector_class.ptr(), base.ptr()) : 0;
  if (is < 0) throw py::error_already_set();
  if (is == 0) throw py::type_error("connectors must be subclasses of stocktracker.Connector");
  if (!py::hasattr(connector_class, "capabilities")) {
    throw py::type_error(py::str(connector_class.attr("__name__")).cast<std::string>() + " has no capabilities");
  }
  return std::make_shared<PythonFactory>(connector_class);
}

void bind_connectors(py::module_& module) {
  bind_stock_page(module);
  bind_connector_values(module);
  bind_http(module);
  module.def(
      "connector_contract", &contract, py::arg("connector"), py::arg("credentials"), py::kw_only(),
      py::arg("uses_http") = true, py::arg("transport") = py::none(),
      "Runs the suite that the library's own connectors pass. Returns the failures as texts. The account needs "
      "offers, a seller warehouse and stock of both kinds. transport: answers as the marketplace does; an object "
      "with send(request, call), as open() takes it.");
}

}  // namespace stkpy
