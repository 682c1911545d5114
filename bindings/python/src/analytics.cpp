// Analytics: StockHealth, OfferHealth, OfferStock, thresholds of low stock.
#include <stocktracker/analytics/analytics.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"

namespace stkpy {
namespace {

void bind_figures(py::module_& module) {
  py::class_<st::DaysOfStock>(module, "DaysOfStock", "How long the stock lasts.")
      .def_readonly("state", &st::DaysOfStock::state)
      .def_property_readonly(
          "days",
          [](const st::DaysOfStock& d) -> std::optional<double> {
            if (d.state != st::DaysOfStock::State::days) return std::nullopt;
            return static_cast<double>(d.tenths) / 10;
          },
          "To a tenth of a day; None: see `state`.")
      .def("__str__", &st::DaysOfStock::text)
      .def("__repr__", [](const st::DaysOfStock& d) { return "<DaysOfStock " + d.text() + ">"; });
  py::class_<st::OfferHealth>(module, "OfferHealth", "One offer, summed over its warehouses.")
      .def_readonly("offer", &st::OfferHealth::offer, "The offer's key.")
      .def_readonly("article", &st::OfferHealth::article)
      .def_readonly("title", &st::OfferHealth::title)
      .def_readonly("on_hand", &st::OfferHealth::on_hand, "Units; None: some or all of it is not known.")
      .def_readonly("orders", &st::OfferHealth::orders, "Units in the period; None: not all orders are known.")
      .def_readonly("low_stock", &st::OfferHealth::low_stock, "The threshold that was applied.")
      .def_readonly("days", &st::OfferHealth::days)
      .def_readonly("alert", &st::OfferHealth::alert)
      .def_readonly("ends_soon", &st::OfferHealth::ends_soon)
      .def("__repr__", [](const st::OfferHealth& o) {
        return "<OfferHealth " + (o.article.empty() ? o.offer : o.article) + ": " + to_string(o.alert) + ", " +
               o.days.text() + ">";
      });
  py::class_<st::StockHealth>(module, "StockHealth", "The stock of an account, offer by offer.")
      .def_readonly("account", &st::StockHealth::account)
      .def_property_readonly("since", [](const st::StockHealth& h) { return h.period.from; })
      .def_property_readonly("until", [](const st::StockHealth& h) { return h.period.until; })
      .def_readonly("zone", &st::StockHealth::zone)
      .def_readonly("orders_known", &st::StockHealth::orders_known)
      .def_readonly("offers", &st::StockHealth::offers, "Offers with known stock.")
      .def_readonly("low", &st::StockHealth::low)
      .def_readonly("out", &st::StockHealth::out)
      .def_readonly("unknown", &st::StockHealth::unknown)
      .def_property_readonly(
          "score", [](const st::StockHealth& h) { return static_cast<double>(h.score_tenths) / 10; },
          "100 * (1 - (low + out) / offers), to a tenth.")
      .def_readonly("observed_at", &st::StockHealth::observed_at)
      .def_property_readonly(
          "by_offer", [](const st::StockHealth& h) { return Rows<st::OfferHealth>{h.by_offer}; },
          "First what is out, then by days of stock, shortest first.")
      .def("__repr__", [](const st::StockHealth& h) {
        return "<StockHealth " + st::tenths_text(h.score_tenths) + ": " + std::to_string(h.offers) + " offers, " +
               std::to_string(h.low) + " low, " + std::to_string(h.out) + " out>";
      });
  py::class_<st::OfferStock>(module, "OfferStock", "The stock of one offer, summed over its warehouses.")
      .def_readonly("offer", &st::OfferStock::offer, "The offer's key.")
      .def_readonly("fbo", &st::OfferStock::fbo)
      .def_readonly("fbs", &st::OfferStock::fbs)
      .def_readonly("unknown", &st::OfferStock::unknown, "Positions without a value; in no sum.")
      .def_readonly("positions", &st::OfferStock::positions)
      .def_readonly("observed_at", &st::OfferStock::observed_at);
}

st::Result<st::StockHealth> stock_health(const AnalyticsService& analytics, const st::AccountId& account, int days,
                                         std::optional<std::int64_t> low_stock, int warning_days, std::string zone,
                                         const Timeout& timeout) {
  const st::HealthQuery query{account, days, low_stock, warning_days, std::move(zone)};
  const auto service = analytics.get();
  return waiting(analytics.context(timeout),
                 [&](const st::CallContext& context) { return service.stock_health(query, context); });
}

}  // namespace

void bind_analytics(py::module_& module) {
  bind_figures(module);
  const st::HealthQuery defaults;
  py::class_<AnalyticsService>(module, "Analytics", "Figures computed from stored stock and orders. Thread-safe.")
      .def("stock_health", &stock_health, py::arg("account"), py::kw_only(), py::arg("days") = defaults.days,
           py::arg("low_stock") = py::none(), py::arg("warning_days") = defaults.warning_days, py::arg("zone") = "",
           py::arg("timeout") = py::none(),
           "Each offer with its stock, its orders in the last complete days, and how long the stock lasts. low_stock "
           "and zone: those of the tenant's settings if they are not given.")
      .def(
          "offer_stock",
          [](const AnalyticsService& analytics, const st::AccountId& account, const Timeout& timeout) {
            const auto service = analytics.get();
            return as_rows(waiting(analytics.context(timeout), [&](const st::CallContext& context) {
              return service.offer_stock(account, context);
            }));
          },
          py::arg("account"), py::kw_only(), py::arg("timeout") = py::none(),
          "The offers that have a position, by key, each summed over its warehouses.")
      .def(
          "set_low_stock",
          [](const AnalyticsService& analytics, const st::AccountId& account, const std::string& offer,
             std::optional<std::int64_t> units, const std::string& actor) {
            auto service = analytics.get();
            return quick([&] { return service.set_low_stock(account, offer, units, analytics.context({}, actor)); });
          },
          py::arg("account"), py::arg("offer"), py::arg("units"), py::kw_only(), py::arg("actor") = "",
          "The offer's own threshold; None removes it.")
      .def(
          "low_stock_of",
          [](const AnalyticsService& analytics, const st::AccountId& account, const std::string& offer) {
            const auto service = analytics.get();
            return quick([&] { return service.low_stock_of(account, offer, analytics.context()); });
          },
          py::arg("account"), py::arg("offer"), "None: the offer has no threshold of its own.");
}

}  // namespace stkpy
