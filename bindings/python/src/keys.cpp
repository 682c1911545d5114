// Keys, KeyStatus and its parts, KeyRotationReport: which keys have sealed what, and their replacement.
#include <stocktracker/tenant/keys.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"

namespace stkpy {
namespace {

using MaybeTenant = std::optional<st::TenantId>;

st::CallContext context_for(const MaybeTenant& tenant, const Timeout& timeout) {
  auto context = context_of(timeout);
  if (tenant) context.tenant = *tenant;
  return context;
}

// Each failed tenant with the exception that says why.
py::list failures_of(const std::vector<st::KeyFailure>& failures) {
  py::list all;
  for (const st::KeyFailure& failure : failures) {
    all.append(py::make_tuple(failure.tenant, exception_of(failure.error)));
  }
  return all;
}

void bind_key_values(py::module_& module) {
  py::class_<st::MasterKeyUse>(module, "MasterKeyUse", "A key of the key file or key provider.")
      .def_readonly("id", &st::MasterKeyUse::id)
      .def_readonly("current", &st::MasterKeyUse::current, "New texts are sealed with it.")
      .def_readonly("held", &st::MasterKeyUse::held, "False: what it has sealed cannot be opened.")
      .def_readonly("sealed", &st::MasterKeyUse::sealed,
                    "Number of tenants' keys that it has sealed; in a store of one seller, of credentials.")
      .def_property_readonly("unused", &st::MasterKeyUse::unused,
                             "Nothing in this store needs it; older backups still do.");
  py::class_<st::DataKeyUse>(module, "DataKeyUse", "A key of a tenant, in a store of many.")
      .def_readonly("tenant", &st::DataKeyUse::tenant)
      .def_readonly("number", &st::DataKeyUse::number)
      .def_readonly("created_at", &st::DataKeyUse::created_at)
      .def_readonly("retired_at", &st::DataKeyUse::retired_at, "None: the newest key, which seals.")
      .def_readonly("sealed_by", &st::DataKeyUse::sealed_by, "Id of the master key.")
      .def_readonly("credentials", &st::DataKeyUse::credentials,
                    "Parts of credentials that it has sealed; None: the tenant's data cannot be read.")
      .def_readonly("removable", &st::DataKeyUse::removable, "discard_unused would delete it.");
  py::class_<st::KeyStatus>(module, "KeyStatus", "The keys in use: ids and counts, no keys.")
      .def_property_readonly("master", [](const st::KeyStatus& s) { return Rows<st::MasterKeyUse>{s.master}; })
      .def_property_readonly("data", [](const st::KeyStatus& s) { return Rows<st::DataKeyUse>{s.data}; })
      .def_property_readonly(
          "failures", [](const st::KeyStatus& s) { return failures_of(s.failures); },
          "Pairs of a tenant and the exception that says why its keys could not be read.");
  py::class_<st::KeyRotationReport>(module, "KeyRotationReport", "What a rotation did.")
      .def_readonly("current", &st::KeyRotationReport::current, "Id of the master key; empty for data keys.")
      .def_readonly("made", &st::KeyRotationReport::made, "Number of new keys.")
      .def_readonly("outside", &st::KeyRotationReport::outside, "Master keys come from outside: none could be made.")
      .def_readonly("sealed_anew", &st::KeyRotationReport::sealed_anew, "Number of tenants' keys, or credentials.")
      .def_readonly("left", &st::KeyRotationReport::left, "Number still sealed by older keys: rotate again.")
      .def_readonly("deleted", &st::KeyRotationReport::deleted, "Data keys that were no longer needed.")
      .def_property_readonly(
          "failures", [](const st::KeyRotationReport& r) { return failures_of(r.failures); },
          "Pairs of a tenant and the exception that says why it could not be sealed again; the others were.");
}

}  // namespace

void bind_keys(py::module_& module) {
  bind_key_values(module);
  py::class_<KeysService>(module, "Keys",
                          "Which keys have sealed what, and their replacement while the store is in use. For the "
                          "operator. Thread-safe. A rotation that was interrupted continues when it is called again.")
      .def(
          "status",
          [](const KeysService& keys, const MaybeTenant& tenant, const Timeout& timeout) {
            const auto service = keys.get();
            return waiting(context_for(tenant, timeout),
                           [&](const st::CallContext& context) { return service.status(context); });
          },
          py::kw_only(), py::arg("tenant") = py::none(), py::arg("timeout") = py::none(),
          "Ids and counts. tenant: only its data keys.")
      .def(
          "rotate_master",
          [](const KeysService& keys, bool fresh, const Timeout& timeout) {
            auto service = keys.get();
            return waiting(context_of(timeout), [&](const st::CallContext& context) {
              return service.rotate_master({.fresh = fresh}, context);
            });
          },
          py::kw_only(), py::arg("fresh") = false, py::arg("timeout") = py::none(),
          "Makes a fresh master key, if the key file or key provider can, and seals again with it what older ones have "
          "sealed. fresh: make a key even if an earlier rotation is unfinished.")
      .def(
          "rotate_data",
          [](const KeysService& keys, bool fresh, const MaybeTenant& tenant, const Timeout& timeout) {
            auto service = keys.get();
            return waiting(context_for(tenant, timeout), [&](const st::CallContext& context) {
              return service.rotate_data({.fresh = fresh}, context);
            });
          },
          py::kw_only(), py::arg("fresh") = false, py::arg("tenant") = py::none(), py::arg("timeout") = py::none(),
          "Makes a fresh data key for the tenant, or for every tenant, and seals the credentials again with it.")
      .def(
          "discard_unused",
          [](const KeysService& keys, const MaybeTenant& tenant, const Timeout& timeout) {
            auto service = keys.get();
            return waiting(context_for(tenant, timeout),
                           [&](const st::CallContext& context) { return service.discard_unused(context); });
          },
          py::kw_only(), py::arg("tenant") = py::none(), py::arg("timeout") = py::none(),
          "Deletes data keys that were replaced more than an hour ago and that no credential uses.");
}

}  // namespace stkpy
