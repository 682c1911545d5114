// Directory, DirectoryEntry, TenantEvent: the accounts of all tenants, for schedulers, and the relay of their events.
#include <stocktracker/tenant/directory.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/pages.hpp"

namespace stkpy {
namespace {

constexpr int kEntriesPage = 1'000;

st::EventId event_id(const std::string& text) {
  return text.empty() ? st::EventId() : value_or_raise(st::EventId::parse(text));
}

void bind_directory_values(py::module_& module) {
  py::class_<st::DirectoryEntry>(module, "DirectoryEntry", "An account of any tenant, as a scheduler needs it.")
      .def_readonly("tenant", &st::DirectoryEntry::tenant)
      .def_readonly("account", &st::DirectoryEntry::account)
      .def_readonly("channel", &st::DirectoryEntry::channel);
  py::class_<st::TenantEvent>(module, "TenantEvent", "An event of a tenant that has reached the control plane.")
      .def_property_readonly("id", [](const st::TenantEvent& event) { return event.id.text(); })
      .def_readonly("tenant", &st::TenantEvent::tenant)
      .def_readonly("topic", &st::TenantEvent::topic)
      .def_property_readonly(
          "payload",
          [](const st::TenantEvent& event) { return py::module_::import("json").attr("loads")(event.payload); })
      .def_readonly("created_at", &st::TenantEvent::created_at);
}

}  // namespace

void bind_directory(py::module_& module) {
  bind_directory_values(module);
  bind_listing<st::DirectoryEntry>(module, "DirectoryListing");
  py::class_<DirectoryService>(module, "Directory",
                               "The accounts of all tenants, for a scheduler, and their events. For the operator. "
                               "Thread-safe.")
      .def(
          "accounts",
          [](const DirectoryService& directory, const Timeout& timeout) {
            return Listing<st::DirectoryEntry>{
                directory.engine,
                PageReader<st::DirectoryEntry>(directory.get().accounts(context_of(timeout)), kEntriesPage)};
          },
          py::kw_only(), py::arg("timeout") = py::none(), "The connected accounts, by tenant, then account.")
      .def(
          "events",
          [](const DirectoryService& directory, const std::string& after, int most, const Timeout& timeout) {
            const auto service = directory.get();
            const auto id = event_id(after);
            return as_rows(waiting(context_of(timeout),
                                   [&](const st::CallContext& context) { return service.events(id, most, context); }));
          },
          py::arg("after") = "", py::kw_only(), py::arg("most") = 100, py::arg("timeout") = py::none(),
          "Events that arrived after the one with the id `after`, in the order of arrival. Empty, or no longer kept: "
          "all that are kept, for thirty days.")
      .def(
          "relay",
          [](const DirectoryService& directory, const Timeout& timeout) {
            auto service = directory.get();
            return waiting(context_of(timeout), [&](const st::CallContext& context) { return service.relay(context); });
          },
          py::kw_only(), py::arg("timeout") = py::none(),
          "Carries waiting events of all tenants over, each once; returns their number.")
      .def(
          "rebuild",
          [](const DirectoryService& directory, const st::TenantId& tenant, const Timeout& timeout) {
            auto service = directory.get();
            return waiting(context_of(timeout),
                           [&](const st::CallContext& context) { return service.rebuild(tenant, context); });
          },
          py::arg("tenant"), py::kw_only(), py::arg("timeout") = py::none(),
          "Reads the accounts of one tenant again: after a restore, or for a store of an older version.");
}

}  // namespace stkpy
