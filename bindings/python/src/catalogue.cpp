// Offer, Warehouse: what a channel lists.
#include "bindings/python/src/engine.hpp"

namespace stkpy {

void bind_catalogue(py::module_& module) {
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
}

}  // namespace stkpy
