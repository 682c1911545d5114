// AccountId, RunId, TenantId: identifiers that compare, hash and print as their text.
#include <stocktracker/tenant/tenant.hpp>

#include "bindings/python/src/engine.hpp"

namespace stkpy {
namespace {

template <class Id>
py::class_<Id> bind_id(py::module_& module, const char* name) {
  return py::class_<Id>(module, name, "An identifier; its text is a UUID.")
      .def(py::init([](const std::string& text) { return value_or_raise(Id::parse(text)); }), py::arg("text"))
      .def("__str__", &Id::text)
      .def("__repr__", [name](const Id& id) { return std::string(name) + "('" + id.text() + "')"; })
      .def("__hash__", [](const Id& id) { return py::hash(py::str(id.text())); })
      .def(
          "__eq__", [](const Id& a, const Id& b) { return a == b; }, py::arg("other"), py::is_operator())
      .def(
          "__lt__", [](const Id& a, const Id& b) { return a < b; }, py::arg("other"), py::is_operator());
}

}  // namespace

void bind_ids(py::module_& module) {
  bind_id<st::AccountId>(module, "AccountId")
      .def(py::init([](const st::Account& account) { return account.id; }), py::arg("account"));
  bind_id<st::RunId>(module, "RunId");
  bind_id<st::TenantId>(module, "TenantId")
      .def(py::init([](const st::Tenant& tenant) { return tenant.id; }), py::arg("tenant"));
}

}  // namespace stkpy
