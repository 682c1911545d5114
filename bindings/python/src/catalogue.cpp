// Offer, Warehouse, CatalogueOffer, Offers: what a channel lists.
#include <stocktracker/inventory/offers.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/pages.hpp"

namespace stkpy {
namespace {

void bind_offer_values(py::module_& module) {
  py::class_<st::Warehouse>(module, "Warehouse",
                            "A warehouse. The channel's id identifies it; the name is stored unchanged.")
      .def(py::init([](std::string key, std::string name, std::string region, st::WarehouseKind kind) {
             return st::Warehouse{std::move(key), std::move(name), std::move(region), kind};
           }),
           py::arg("key"), py::arg("name") = "", py::arg("region") = "",
           py::arg("kind") = st::WarehouseKind::marketplace)
      .def_readonly("key", &st::Warehouse::key)
      .def_readonly("name", &st::Warehouse::name)
      .def_readonly("region", &st::Warehouse::region)
      .def_readonly("kind", &st::Warehouse::kind)
      .def("__repr__", [](const st::Warehouse& w) { return "<Warehouse " + w.key + " " + w.name + ">"; });
  py::class_<st::Offer>(module, "Offer", "An offer as stored. Empty text: the channel does not report it.")
      .def_readonly("key", &st::Offer::key)
      .def_readonly("listing", &st::Offer::listing)
      .def_readonly("article", &st::Offer::article)
      .def_readonly("title", &st::Offer::title)
      .def_readonly("brand", &st::Offer::brand)
      .def_readonly("size", &st::Offer::size)
      .def_readonly("state", &st::Offer::state)
      .def("__repr__", [](const st::Offer& o) { return "<Offer " + o.key + " " + o.article + ">"; });
  py::class_<st::CatalogueOffer>(module, "CatalogueOffer", "An offer of an account, with its barcodes.")
      .def_readonly("account", &st::CatalogueOffer::account)
      .def_readonly("offer", &st::CatalogueOffer::offer)
      .def_readonly("barcodes", &st::CatalogueOffer::barcodes)
      .def("__repr__", [](const st::CatalogueOffer& row) {
        return "<CatalogueOffer " + row.offer.key + " " + row.offer.article + ">";
      });
}

Listing<st::CatalogueOffer> list_offers(const OffersService& offers, const std::optional<st::AccountId>& account,
                                        std::optional<st::OfferState> state, std::string offer, std::string article,
                                        std::string barcode, std::string title, int page_size, std::string after,
                                        const Timeout& timeout) {
  st::OfferQuery query{account,   state, std::move(offer), std::move(article), std::move(barcode), std::move(title),
                       page_size, after};
  value_or_raise(query.validate());
  return {offers.engine, PageReader<st::CatalogueOffer>(offers.get().list(std::move(query), offers.context(timeout)),
                                                        page_size, std::move(after))};
}

}  // namespace

void bind_catalogue(py::module_& module) {
  bind_offer_values(module);
  bind_listing<st::CatalogueOffer>(module, "OfferListing");
  py::class_<OffersService>(module, "Offers", "The catalogue, as stored. Thread-safe.")
      .def("list", &list_offers, py::kw_only(), py::arg("account") = py::none(), py::arg("state") = py::none(),
           py::arg("offer") = "", py::arg("article") = "", py::arg("barcode") = "", py::arg("title") = "",
           py::arg("page_size") = 1'000, py::arg("after") = "", py::arg("timeout") = py::none(),
           "By account, then the offer's key. Key, article and barcode must be equal, `title` is a part of the title; "
           "all are compared byte by byte. `after` continues at a cursor.");
}

}  // namespace stkpy
