// Tenant, Tenants, Principal: the customers of an installation, and who acts for them.
#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/pages.hpp"

namespace stkpy {
namespace {

constexpr int kTenantsPage = 100;

using Change = st::Result<st::Tenant> (st::Tenants::*)(const st::TenantId&, const st::CallContext&);

template <Change Function>
auto change() {
  return
      [](const TenantsService& tenants, const st::TenantId& tenant, const std::string& actor, const Timeout& timeout) {
        auto service = tenants.get();
        return waiting(context_of(timeout, actor),
                       [&](const st::CallContext& context) { return (service.*Function)(tenant, context); });
      };
}

void bind_tenant_values(py::module_& module) {
  py::class_<st::Tenant>(module, "Tenant", "One customer of an installation.")
      .def_readonly("id", &st::Tenant::id)
      .def_readonly("name", &st::Tenant::name)
      .def_readonly("state", &st::Tenant::state)
      .def_readonly("created_at", &st::Tenant::created_at)
      .def_readonly("reason", &st::Tenant::reason, "Why it is quarantined; otherwise empty.");
  py::implicitly_convertible<st::Tenant, st::TenantId>();
  py::class_<st::Principal>(module, "Principal", "Who acts in a tenant, and what they may do there.")
      .def(py::init([](std::string actor, const py::iterable& permissions) {
             st::Permissions given;
             for (const py::handle each : permissions) given = given.with(each.cast<st::Permission>());
             return st::Principal{std::move(actor), given};
           }),
           py::arg("actor"), py::arg("permissions") = py::tuple(),
           "permissions: members of Permission or their texts; `Permission` itself stands for all.")
      .def_readonly("actor", &st::Principal::actor, "For run records and the audit; never a secret.")
      .def_property_readonly("permissions", [](const st::Principal& principal) {
        py::list all;
        for (PyObject* member : Members<st::Permission>::objects) {
          if (member == nullptr) break;
          if (principal.permissions.has(py::handle(member).cast<st::Permission>())) all.append(py::handle(member));
        }
        return all;
      });
}

}  // namespace

std::string tenant_text(const py::object& tenant) {
  if (py::isinstance<py::str>(tenant)) return tenant.cast<std::string>();
  if (py::isinstance<st::Tenant>(tenant)) return tenant.cast<const st::Tenant&>().id.text();
  if (py::isinstance<st::TenantId>(tenant)) return tenant.cast<const st::TenantId&>().text();
  throw py::type_error("tenant must be a name, a Tenant or a TenantId");
}

void bind_tenants(py::module_& module) {
  bind_tenant_values(module);
  bind_listing<st::Tenant>(module, "TenantListing");
  py::class_<TenantsService>(module, "Tenants",
                             "Manages the customers of an installation, for its operator. A store of one seller has "
                             "only its own. Thread-safe.")
      .def(
          "create",
          [](const TenantsService& tenants, const std::string& name, const std::string& actor, const Timeout& timeout) {
            auto service = tenants.get();
            return waiting(context_of(timeout, actor),
                           [&](const st::CallContext& context) { return service.create(name, context); });
          },
          py::arg("name"), py::kw_only(), py::arg("actor") = "", py::arg("timeout") = py::none())
      .def(
          "list",
          [](const TenantsService& tenants, bool deleted, const Timeout& timeout) {
            return Listing<st::Tenant>{
                tenants.engine,
                PageReader<st::Tenant>(tenants.get().list({.deleted = deleted}, context_of(timeout)), kTenantsPage)};
          },
          py::kw_only(), py::arg("deleted") = false, py::arg("timeout") = py::none(), "In the order of creation.")
      .def(
          "find",
          [](const TenantsService& tenants, const std::string& name) {
            const auto service = tenants.get();
            return quick([&] { return service.find(name); });
          },
          py::arg("name"), "By id text or name.")
      .def("suspend", change<&st::Tenants::suspend>(), py::arg("tenant"), py::kw_only(), py::arg("actor") = "",
           py::arg("timeout") = py::none(), "From now on it may read, not change.")
      .def("resume", change<&st::Tenants::resume>(), py::arg("tenant"), py::kw_only(), py::arg("actor") = "",
           py::arg("timeout") = py::none(), "Ends a suspension, or a quarantine if the data pass their checks.")
      .def(
          "remove",
          [](const TenantsService& tenants, const st::TenantId& tenant, const std::string& actor,
             const Timeout& timeout) {
            auto service = tenants.get();
            return waiting(context_of(timeout, actor),
                           [&](const st::CallContext& context) { return service.remove(tenant, context); });
          },
          py::arg("tenant"), py::kw_only(), py::arg("actor") = "", py::arg("timeout") = py::none(),
          "Permanent: deletes the tenant's key, then its data.")
      .def(
          "restore",
          [](const TenantsService& tenants, const st::TenantId& tenant, const PathText& backup,
             const std::string& actor, const Timeout& timeout) {
            auto service = tenants.get();
            return waiting(context_of(timeout, actor), [&](const st::CallContext& context) {
              return service.restore(tenant, backup.text, context);
            });
          },
          py::arg("tenant"), py::arg("backup"), py::kw_only(), py::arg("actor") = "", py::arg("timeout") = py::none(),
          "Replaces the data of a suspended or quarantined tenant by its backup. It stays suspended.");
}

}  // namespace stkpy
