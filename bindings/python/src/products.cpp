// Product, ProductOffer, Listings.products: products across accounts, as stored.
#include <stocktracker/inventory/listings.hpp>
#include <stocktracker/inventory/products.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/pages.hpp"

namespace stkpy {
namespace {

Listing<st::Product> list_products(const ListingsService& listings, const std::optional<st::AccountId>& account,
                                   std::optional<st::ProductMatch> match, std::string article, std::string barcode,
                                   std::string title, int page_size, std::string after, const Timeout& timeout) {
  st::ProductQuery query{account, match, std::move(article), std::move(barcode), std::move(title), page_size, after};
  value_or_raise(query.validate());
  return {listings.engine, PageReader<st::Product>(listings.get().products(std::move(query), listings.context(timeout)),
                                                   page_size, std::move(after))};
}

st::Result<st::ProductsReport> recompute(const ListingsService& listings, const Timeout& timeout,
                                         const std::string& actor) {
  auto service = listings.get();
  return waiting(listings.context(timeout, actor),
                 [&](const st::CallContext& context) { return service.recompute_products(context); });
}

}  // namespace

void bind_products(py::module_& module, py::class_<ListingsService>& listings) {
  py::class_<st::ProductOffer>(module, "ProductOffer", "An offer of a product, with its stock now.")
      .def_property_readonly("account", [](const st::ProductOffer& o) { return o.listed.account; })
      .def_property_readonly("offer", [](const st::ProductOffer& o) { return o.listed.offer; })
      .def_property_readonly("barcodes", [](const st::ProductOffer& o) { return o.listed.barcodes; })
      .def_readonly("stock", &st::ProductOffer::stock)
      .def("__repr__", [](const st::ProductOffer& o) {
        return "<ProductOffer " + o.listed.offer.key + " " + o.listed.offer.article + ">";
      });
  py::class_<st::Product>(module, "Product", "Offers of the accounts that are one product.")
      .def_readonly("match", &st::Product::match, "Why they are one product; none: it is a single offer.")
      .def_readonly("name", &st::Product::name, "The product that a person assigned, or empty.")
      .def_property_readonly("offers", [](const st::Product& p) { return Rows<st::ProductOffer>{p.offers}; })
      .def_readonly(
          "fbo", &st::Product::fbo,
          "Units in warehouses of marketplaces. Units of the seller's own warehouses are in `offers`: the same "
          "units are often for sale on several marketplaces.")
      .def_readonly("unknown", &st::Product::unknown, "Positions without a value; not in the sum.")
      .def("__repr__", [](const st::Product& p) {
        return "<Product of " + std::to_string(p.offers.size()) + " offers, match " + to_string(p.match) + ">";
      });
  bind_listing<st::Product>(module, "ProductListing");
  py::class_<st::ProductsReport>(module, "ProductsReport", "What Listings.recompute_products did.")
      .def_readonly("offers", &st::ProductsReport::offers, "Offers that have not vanished.")
      .def_readonly("changed", &st::ProductsReport::changed,
                    "Offers with a stored row that was missing, wrong or too much.")
      .def("__repr__", [](const st::ProductsReport& r) {
        return "<ProductsReport: " + std::to_string(r.changed) + " of " + std::to_string(r.offers) + " offers changed>";
      });
  listings.def("recompute_products", &recompute, py::kw_only(), py::arg("timeout") = py::none(), py::arg("actor") = "",
               "Computes all stored products again: in a store of an earlier version, or if `doctor` finds damaged "
               "ones.");
  listings.def("products", &list_products, py::kw_only(), py::arg("account") = py::none(),
               py::arg("match") = py::none(), py::arg("article") = "", py::arg("barcode") = "", py::arg("title") = "",
               py::arg("page_size") = 100, py::arg("after") = "", py::arg("timeout") = py::none(),
               "Products across accounts, as stored. A product is listed with all its offers if one of them passes all "
               "filters. Article and barcode must be equal, `title` is a part of the title; all are compared byte by "
               "byte. `after` continues at a cursor.");
}

}  // namespace stkpy
