// OrderLine, Orders, OfferPrice, Prices.
#include <stocktracker/inventory/orders.hpp>
#include <stocktracker/inventory/prices.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/pages.hpp"

namespace stkpy {
namespace {

void bind_order_values(py::module_& module) {
  py::class_<st::OrderLine>(module, "OrderLine", "An order line, with its state as last reported.")
      .def_readonly("account", &st::OrderLine::account)
      .def_readonly("key", &st::OrderLine::key)
      .def_readonly("order", &st::OrderLine::order)
      .def_readonly("offer", &st::OrderLine::offer, "The offer's key.")
      .def_readonly("listing", &st::OrderLine::listing)
      .def_readonly("article", &st::OrderLine::article)
      .def_readonly("status", &st::OrderLine::status)
      .def_readonly("status_text", &st::OrderLine::status_text, "The vendor's own status.")
      .def_readonly("kind", &st::OrderLine::kind)
      .def_readonly("warehouse", &st::OrderLine::warehouse, "The warehouse's key.")
      .def_readonly("warehouse_name", &st::OrderLine::warehouse_name)
      .def_readonly("quantity", &st::OrderLine::quantity)
      .def_readonly("price", &st::OrderLine::price, "Of one unit; None: not reported.")
      .def_readonly("ordered_at", &st::OrderLine::ordered_at)
      .def_readonly("changed_at", &st::OrderLine::changed_at)
      .def_readonly("recorded_at", &st::OrderLine::recorded_at)
      .def("__repr__", [](const st::OrderLine& line) {
        return "<OrderLine " + line.key + ": " + std::to_string(line.quantity) + " of " +
               (line.article.empty() ? line.offer : line.article) + ", " + to_string(line.status) + ">";
      });
  py::class_<st::MovementExplanation>(module, "MovementExplanation", "How much of a ledger entry order lines explain.")
      .def_readonly("covered", &st::MovementExplanation::covered,
                    "True: all orders of that time are known; False: the numbers are incomplete.")
      .def_readonly("lines", &st::MovementExplanation::lines)
      .def_readonly("ordered", &st::MovementExplanation::ordered, "Units.")
      .def_readonly("called_off", &st::MovementExplanation::called_off, "Units.")
      .def_property_readonly("explained", &st::MovementExplanation::explained,
                             "The change that the order lines explain, units.");
}

Listing<st::OrderLine> lines(const OrdersService& orders, const st::AccountId& account, std::string offer,
                             std::optional<st::Instant> since, std::optional<st::Instant> until, int page_size,
                             std::string after, const Timeout& timeout) {
  st::OrderLineQuery query{account, std::move(offer), since, until, page_size, after};
  value_or_raise(query.validate());
  return {orders.engine, PageReader<st::OrderLine>(orders.get().lines(std::move(query), orders.context(timeout)),
                                                   page_size, std::move(after))};
}

void bind_prices(py::module_& module) {
  py::class_<st::OfferPrice>(module, "OfferPrice", "The seller's price of an offer.")
      .def_readonly("account", &st::OfferPrice::account)
      .def_readonly("offer", &st::OfferPrice::offer, "The offer's key.")
      .def_readonly("price", &st::OfferPrice::price, "After the seller's own discounts.")
      .def_readonly("list_price", &st::OfferPrice::list_price, "Shown crossed out beside it; None: none.")
      .def_readonly("lowest_price", &st::OfferPrice::lowest_price)
      .def_readonly("changed_at", &st::OfferPrice::changed_at, "When a run first saw this price.")
      .def("__repr__",
           [](const st::OfferPrice& row) { return "<OfferPrice " + row.offer + ": " + row.price.text() + ">"; });
  bind_listing<st::OfferPrice>(module, "PriceListing");
  py::class_<PricesService>(module, "Prices", "The seller's prices, as last reported. Thread-safe.")
      .def(
          "list",
          [](const PricesService& prices, const st::AccountId& account, std::string offer, int page_size,
             const Timeout& timeout) {
            st::PriceQuery query{account, std::move(offer), page_size};
            value_or_raise(query.validate());
            return Listing<st::OfferPrice>{
                prices.engine,
                PageReader<st::OfferPrice>(prices.get().list(std::move(query), prices.context(timeout)), page_size)};
          },
          py::arg("account"), py::kw_only(), py::arg("offer") = "", py::arg("page_size") = 1'000,
          py::arg("timeout") = py::none(), "In the order of offers. Their age is that of the source \"prices\".");
}

}  // namespace

void bind_orders(py::module_& module) {
  bind_order_values(module);
  bind_listing<st::OrderLine>(module, "OrderListing");
  py::class_<OrdersService>(module, "Orders", "Order lines, and the period for which they are complete. Thread-safe.")
      .def("lines", &lines, py::arg("account"), py::kw_only(), py::arg("offer") = "", py::arg("since") = py::none(),
           py::arg("until") = py::none(), py::arg("page_size") = 1'000, py::arg("after") = "",
           py::arg("timeout") = py::none(),
           "By the time of ordering, then key; ordered at or after `since` and before `until`. `after` continues at a "
           "cursor.")
      .def(
          "coverage",
          [](const OrdersService& orders,
             const st::AccountId& account) -> std::optional<std::pair<st::Instant, st::Instant>> {
            const auto service = orders.get();
            const auto known = value_or_raise(quick([&] { return service.coverage(account, orders.context()); }));
            if (!known) return std::nullopt;
            return std::pair(known->from, known->until);
          },
          py::arg("account"),
          "The period (from, until) for which every order line is known; None: none. A count outside of it is a guess.")
      .def(
          "explain_movement",
          [](const OrdersService& orders, const st::Movement& movement) {
            const auto service = orders.get();
            return quick([&] { return service.explain_movement(movement, orders.context()); });
          },
          py::arg("movement"), "How much of an entry of Ledger.movements order lines explain.");
  bind_prices(module);
}

}  // namespace stkpy
