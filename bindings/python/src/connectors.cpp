// Connectors written in Python. No trampolines: the Python object is held, so that it lives as long as it is needed.
#include <map>

#include <stocktracker/testing/connector_contract.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/connector_values.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/held.hpp"

namespace stkpy {
namespace {

// Texts of Python objects that are kept alive beside their views.
class Texts {
 public:
  std::string_view of(py::handle row, const char* field, const char* what) {
    py::object text = row.attr(field);
    if (!py::isinstance<py::str>(text)) {
      raise(st::Error(st::Errc::invalid_argument, std::string(what) + "." + field + " must be a str").about(field));
    }
    return keep(std::move(text));
  }
  std::string_view keep(py::object text) {
    Py_ssize_t size = 0;
    const char* data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
    if (data == nullptr) throw py::error_already_set();
    held_.push_back(std::move(text));
    return {data, static_cast<std::size_t>(size)};
  }

 private:
  std::vector<py::object> held_;
};

class PythonConnector final : public st::Connector {
 public:
  PythonConnector(py::object object, std::string name, CapabilitiesHandle capabilities, bool fbo_needs_offers,
                  std::shared_ptr<st::Clock> clock)
      : object_(std::move(object)),
        name_(std::move(name)),
        capabilities_(std::move(capabilities)),
        fbo_needs_offers_(fbo_needs_offers),
        clock_(std::move(clock)) {}

  [[nodiscard]] const st::Capabilities& capabilities() const noexcept override { return capabilities_->value; }
  [[nodiscard]] bool fbo_needs_offers() const noexcept override { return fbo_needs_offers_; }

  st::Result<st::SellerIdentity> verify_credentials(const st::CallContext& context) override {
    const py::gil_scoped_acquire gil;
    const std::string where = name_ + ".verify_credentials";
    STK_TRY(context.check(clock_->now()));
    try {
      Texts texts;
      const py::object seller = object_.get().attr("verify_credentials")(call(context));
      st::SellerIdentity identity{std::string(texts.of(seller, "key", "SellerIdentity")),
                                  std::string(texts.of(seller, "name", "SellerIdentity"))};
      if (identity.key.empty()) return st::Error(st::Errc::vendor_schema, "the seller has no key").during(where);
      return identity;
    } catch (py::error_already_set& raised) {
      return error_of(raised, where);
    }
  }

  st::Result<void> list_offers(st::OfferSink& sink, const st::CallContext& context) override {
    return pages("list_offers", context, py::make_tuple(), sink, [&](const py::object& page) -> st::Result<void> {
      Texts texts;
      std::vector<st::OfferRow> rows;
      std::vector<std::vector<std::string_view>> barcodes;
      for (const py::handle row : page) {
        auto& codes = barcodes.emplace_back();
        for (const py::handle code : row.attr("barcodes")) codes.push_back(texts.keep(py::str(code)));
        rows.push_back({texts.of(row, "key", "OfferRow"),
                        texts.of(row, "listing", "OfferRow"),
                        texts.of(row, "article", "OfferRow"),
                        texts.of(row, "title", "OfferRow"),
                        texts.of(row, "brand", "OfferRow"),
                        texts.of(row, "size", "OfferRow"),
                        {}});
      }
      for (std::size_t i = 0; i < rows.size(); ++i) rows[i].barcodes = barcodes[i];
      const py::gil_scoped_release released;
      return sink.offers(rows);
    });
  }

  st::Result<void> list_warehouses(st::WarehouseSink& sink, const st::CallContext& context) override {
    return pages("list_warehouses", context, py::make_tuple(), sink, [&](const py::object& page) -> st::Result<void> {
      Texts texts;
      std::vector<st::WarehouseRow> rows;
      for (const py::handle row : page) {
        rows.push_back({texts.of(row, "key", "WarehouseRow"), texts.of(row, "name", "WarehouseRow"),
                        static_cast<bool>(py::bool_(row.attr("active")))});
      }
      const py::gil_scoped_release released;
      return sink.warehouses(rows);
    });
  }

  st::Result<void> fetch_stock(const st::StockQuery& query, st::StockSink& sink,
                               const st::CallContext& context) override {
    const py::gil_scoped_acquire gil;
    const StockQueryForPython asked{query.kind,
                                    std::string(query.warehouse),
                                    std::string(query.warehouse_name),
                                    {query.offers.begin(), query.offers.end()}};
    return pages("fetch_stock", context, py::make_tuple(asked), sink, [&](const py::object& item) -> st::Result<void> {
      if (py::isinstance<StockPage>(item)) return deliver(item.cast<StockPage&>(), sink);
      const std::string type = py::str(py::type::of(item).attr("__name__"));
      if (type == "Restart") {
        sink.restart();
      } else if (type == "Note") {
        sink.note(item.attr("text").cast<std::string>());
      } else {
        return st::Error(st::Errc::invalid_argument,
                         "fetch_stock yields StockPage, Restart, Note or OddRow, not " + type);
      }
      return st::success();
    });
  }

 private:
  [[nodiscard]] Call call(const st::CallContext& context) const { return {context, clock_}; }

  st::Result<void> deliver(StockPage& page, st::StockSink& sink) const {
    if (page.used) return st::Error(st::Errc::invalid_argument, "this StockPage was yielded before: make a new one");
    const bool numeric = page.rows.rows() != 0 && page.rows.row(0).offer.numeric();
    if (page.rows.rows() != 0 && numeric != capabilities_->value.numeric_offer_keys) {
      return st::Error(st::Errc::invalid_argument, std::string("StockPage.offer holds ") +
                                                       (numeric ? "numbers" : "texts") +
                                                       ", the capabilities say otherwise (numeric_offer_keys)")
          .about("offer");
    }
    page.used = true;
    const py::gil_scoped_release released;
    return sink.rows(std::move(page.rows));
  }

  static void report(const py::object& odd, st::AnswerSink& sink) {
    Texts texts;
    st::OddRow row;
    row.kind = py::bool_(odd.attr("oversold")) ? st::RowOddity::oversold : st::RowOddity::unreadable;
    row.reason = texts.of(odd, "reason", "OddRow");
    row.location = texts.of(odd, "location", "OddRow");
    row.key = texts.of(odd, "key", "OddRow");
    const py::gil_scoped_release released;
    sink.odd_row(row);
  }

  // Calls the method and passes on what it yields, until its end; odd rows go to the sink.
  template <class F>
  st::Result<void> pages(const char* method, const st::CallContext& context, const py::tuple& arguments,
                         st::AnswerSink& sink, F hand_on) {
    const py::gil_scoped_acquire gil;
    const std::string where = name_ + "." + method;
    try {
      const py::object produced = object_.get().attr(method)(*arguments, call(context));
      const py::object odd_row = py::module_::import("stocktracker.connector").attr("OddRow");
      const py::object pages = py::reinterpret_steal<py::object>(PyObject_GetIter(produced.ptr()));
      if (!pages) throw py::error_already_set();
      while (true) {
        STK_TRY(context.check(clock_->now()));
        const auto page = py::reinterpret_steal<py::object>(PyIter_Next(pages.ptr()));
        if (!page) {
          if (PyErr_Occurred() != nullptr) throw py::error_already_set();
          return st::success();
        }
        if (py::isinstance(page, odd_row)) {
          report(page, sink);
          continue;
        }
        auto taken = hand_on(page);
        if (!taken) return std::move(taken).error().during(where);
      }
    } catch (py::error_already_set& raised) {
      return error_of(raised, where);
    } catch (const py::cast_error&) {
      return st::Error(st::Errc::invalid_argument, where + " gave a value of the wrong type");
    }
  }

  Held object_;
  std::string name_;
  CapabilitiesHandle capabilities_;
  bool fbo_needs_offers_;
  std::shared_ptr<st::Clock> clock_;
};

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
  }

  [[nodiscard]] st::Channel channel() const noexcept override { return capabilities_->value.channel; }
  [[nodiscard]] st::Result<st::LimitTable> limits() const override { return limits_; }

  st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials& credentials,
                                                     const st::ConnectorPorts& ports) override {
    const py::gil_scoped_acquire gil;
    try {
      py::object object = class_.get()(copy_of(credentials), PortsForPython{ports, capabilities_->channel});
      return std::shared_ptr<st::Connector>(
          std::make_shared<PythonConnector>(std::move(object), name_, capabilities_, fbo_needs_offers_, ports.clock));
    } catch (py::error_already_set& raised) {
      return error_of(raised, name_);
    }
  }

  [[nodiscard]] std::vector<st::CredentialFacts> facts(const st::Credentials& credentials) const override {
    const py::gil_scoped_acquire gil;
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
                                  std::shared_ptr<st::HttpTransport> transport) {
  Failures failures;
  PythonSubject subject(connector_factory(connector_class), copy_of(credentials), uses_http, std::move(transport));
  {
    const py::gil_scoped_release released;
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
  module.def("connector_contract", &contract, py::arg("connector"), py::arg("credentials"), py::kw_only(),
             py::arg("uses_http") = true, py::arg("transport") = std::shared_ptr<st::HttpTransport>(),
             "Runs the suite that the library's own connectors pass. Returns the failures as texts. The account needs "
             "offers, a seller warehouse and stock of both kinds.");
}

}  // namespace stkpy
