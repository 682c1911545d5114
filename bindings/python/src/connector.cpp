// One connector object of Python. No trampolines: the Python object is held, so that it lives as long as it is needed.
#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/connector_rows.hpp"
#include "bindings/python/src/connector_values.hpp"
#include "bindings/python/src/held.hpp"

namespace stkpy {
namespace {

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
    const Acquired gil;
    const WithinCallback within;
    const std::string where = name_ + ".verify_credentials";
    STK_TRY(context.check(clock_->now()));
    try {
      Texts texts;
      const py::object seller = called(object_.get().attr("verify_credentials"), call(context));
      st::SellerIdentity identity{std::string(texts.of(seller, "key", "SellerIdentity")),
                                  std::string(texts.of(seller, "name", "SellerIdentity"))};
      if (identity.key.empty()) return st::Error(st::Errc::vendor_schema, "the seller has no key").during(where);
      return identity;
    } catch (py::error_already_set& raised) {
      return error_of(raised, where);
    }
  }

  st::Result<void> list_offers(st::OfferSink& sink, const st::CallContext& context) override {
    return pages("list_offers", context, no_arguments, sink, [&](const py::object& page) -> st::Result<void> {
      const OfferPage read = read_offers(page);
      const Released released;
      return sink.offers(read.rows);
    });
  }

  st::Result<void> list_warehouses(st::WarehouseSink& sink, const st::CallContext& context) override {
    return pages("list_warehouses", context, no_arguments, sink, [&](const py::object& page) -> st::Result<void> {
      const auto read = read_warehouses(page);
      const Released released;
      return sink.warehouses(read.rows);
    });
  }

  st::Result<void> fetch_stock(const st::StockQuery& query, st::StockSink& sink,
                               const st::CallContext& context) override {
    const auto asked = [&] {
      return py::make_tuple(StockQueryForPython{query.kind,
                                                std::string(query.warehouse),
                                                std::string(query.warehouse_name),
                                                {query.offers.begin(), query.offers.end()}});
    };
    return pages("fetch_stock", context, asked, sink, [&](const py::object& item) -> st::Result<void> {
      if (py::isinstance<StockPage>(item)) return deliver(item.cast<StockPage&>(), sink);
      const std::string type = type_of(item);
      if (type == "Restart") {
        released([&] { sink.restart(); });
      } else if (type == "Note") {
        const auto text = item.attr("text").cast<std::string>();
        released([&] { sink.note(text); });
      } else if (type == "SpeaksOf") {
        const auto at = item.attr("at").cast<st::Instant>();
        released([&] { sink.speaks_of(at); });
      } else {
        return st::Error(st::Errc::invalid_argument,
                         "fetch_stock yields StockPage, Restart, Note, SpeaksOf or OddRow, not " + type);
      }
      return st::success();
    });
  }

  st::Result<st::OrderCoverage> fetch_orders(const st::OrderQuery& query, st::OrderSink& sink,
                                             const st::CallContext& context) override {
    if (!capabilities_->value.orders) return st::Connector::fetch_orders(query, sink, context);
    std::optional<st::OrderCoverage> covered;
    const auto asked = [&] { return py::make_tuple(query); };
    STK_TRY(pages("fetch_orders", context, asked, sink, [&](const py::object& item) -> st::Result<void> {
      const std::string type = type_of(item);
      if (type == "Restart") {
        covered.reset();
        released([&] { sink.restart(); });
      } else if (type == "Emptied") {
        const auto order = item.attr("order").cast<std::string>();
        released([&] { sink.emptied(order); });
      } else if (type == "Covered") {
        covered = st::OrderCoverage{item.attr("since").cast<st::Instant>(), item.attr("until").cast<st::Instant>()};
        if (covered->until < covered->from) {
          return st::Error(st::Errc::invalid_argument, "Covered.until is before Covered.since").about("until");
        }
        const Released released;
        sink.covered(*covered);
      } else {
        const auto read = read_order_lines(item);
        const Released released;
        return sink.lines(read.rows);
      }
      return st::success();
    }));
    if (!covered) {
      return st::Error(st::Errc::invalid_argument, "fetch_orders must yield Covered: which period is complete")
          .during(name_ + ".fetch_orders");
    }
    return *covered;
  }

  st::Result<void> fetch_prices(st::PriceSink& sink, const st::CallContext& context) override {
    if (!capabilities_->value.prices) return st::Connector::fetch_prices(sink, context);
    return pages("fetch_prices", context, no_arguments, sink, [&](const py::object& page) -> st::Result<void> {
      const auto read = read_prices(page);
      const Released released;
      return sink.prices(read.rows);
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
    const Released released;
    return sink.rows(std::move(page.rows));
  }

  // Sinks take locks of the engine, whose clock or telemetry may wait for the GIL meanwhile.
  template <class F>
  static void released(F body) {
    const Released gil;
    body();
  }
  static py::tuple no_arguments() { return py::make_tuple(); }
  static std::string type_of(const py::object& item) { return py::str(py::type::of(item).attr("__name__")); }

  // Calls the method and passes on what it yields, until its end; odd rows go to the sink.
  template <class A, class F>
  st::Result<void> pages(const char* method, const st::CallContext& context, A arguments, st::AnswerSink& sink,
                         F hand_on) {
    const Acquired gil;
    const WithinCallback within;
    const std::string where = name_ + "." + method;
    try {
      const py::object produced = object_.get().attr(method)(*arguments(), call(context));
      const py::object odd_row = py::module_::import("stocktracker.connector").attr("OddRow");
      const py::object pages = py::reinterpret_steal<py::object>(PyObject_GetIter(produced.ptr()));
      if (!pages) throw py::error_already_set();
      const NeverUnwound before_the_generator_ends;
      while (true) {
        STK_TRY(context.check(clock_->now()));
        const auto page = py::reinterpret_steal<py::object>(PyIter_Next(pages.ptr()));
        if (!page) {
          if (PyErr_Occurred() != nullptr) throw py::error_already_set();
          return st::success();
        }
        if (py::isinstance(page, odd_row)) {
          report_odd_row(page, sink);
          continue;
        }
        auto taken = hand_on(page);
        if (!taken) return std::move(taken).error().during(where);
      }
    } catch (py::error_already_set& raised) {
      return error_of(raised, where);
    } catch (const py::cast_error&) {
      return st::Error(st::Errc::invalid_argument, where + " gave a value of the wrong type");
    } catch (const py::builtin_exception& refused) {  // of a caster
      return st::Error(st::Errc::invalid_argument, where + " gave a value that cannot be used: " + refused.what());
    }
  }

  Held object_;
  std::string name_;
  CapabilitiesHandle capabilities_;
  bool fbo_needs_offers_;
  std::shared_ptr<st::Clock> clock_;
};

}  // namespace

std::shared_ptr<st::Connector> make_connector(py::object object, std::string name, CapabilitiesHandle capabilities,
                                              bool fbo_needs_offers, std::shared_ptr<st::Clock> clock) {
  return std::make_shared<PythonConnector>(std::move(object), std::move(name), std::move(capabilities),
                                           fbo_needs_offers, std::move(clock));
}

}  // namespace stkpy
