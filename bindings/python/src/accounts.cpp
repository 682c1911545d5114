// Accounts, Account, AccountHealth, HealthReason.
#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/pages.hpp"

namespace stkpy {
namespace {

py::dict parameters_of(const st::HealthReason& reason) {
  py::dict parameters;
  for (const auto& parameter : reason.parameters) parameters[py::str(parameter.name)] = parameter.value;
  return parameters;
}

void bind_health(py::module_& module) {
  py::class_<st::HealthReason>(module, "HealthReason", "The reason of an account's health: a code with parameters.")
      .def_readonly("code", &st::HealthReason::code)
      .def_property_readonly("parameters", &parameters_of)
      .def("__repr__", [](const st::HealthReason& r) { return "<HealthReason " + r.code + ">"; });
  py::class_<st::AccountHealth>(module, "AccountHealth", "Whether an account can be synchronised; if not, since when.")
      .def_readonly("state", &st::AccountHealth::state)
      .def_readonly("since", &st::AccountHealth::since)
      .def_readonly("reason", &st::AccountHealth::reason)
      .def_readonly("checked_at", &st::AccountHealth::checked_at)
      .def("__repr__",
           [](const st::AccountHealth& h) { return std::string("<AccountHealth ") + to_string(h.state) + ">"; });
}

}  // namespace

void bind_accounts(py::module_& module) {
  py::class_<st::Account>(module, "Account", "A seller's identity on a marketplace.")
      .def_readonly("id", &st::Account::id)
      .def_readonly("channel", &st::Account::channel)
      .def_readonly("seller_key", &st::Account::seller_key)
      .def_readonly("seller_name", &st::Account::seller_name)
      .def_readonly("label", &st::Account::label)
      .def_readonly("connected_at", &st::Account::connected_at)
      .def("__repr__",
           [](const st::Account& a) { return "<Account " + a.label + " at " + std::string(a.channel.code()) + ">"; });
  py::implicitly_convertible<st::Account, st::AccountId>();
  bind_health(module);
  bind_listing<st::Account>(module, "AccountListing");
  py::class_<AccountsService>(module, "Accounts", "The seller's identities on marketplaces. Thread-safe.")
      .def(
          "connect",
          [](const AccountsService& accounts, const st::Credentials& credentials, const std::string& label,
             const py::object& timeout, const std::string& actor) {
            auto service = accounts.engine->get().accounts();
            return waiting(py::none(), context_of(timeout, actor), [&](const st::CallContext& context) {
              return service.connect(copy_of(credentials), {.label = label}, context);
            });
          },
          py::arg("credentials"), py::kw_only(), py::arg("label") = "", py::arg("timeout") = py::none(),
          py::arg("actor") = "",
          "Checks the credentials against the marketplace, then stores the account; nothing is stored if the check "
          "fails.")
      .def(
          "list",
          [](const AccountsService& accounts, const py::object& timeout) {
            return Listing<st::Account>{
                accounts.engine, PageReader<st::Account>(accounts.engine->get().accounts().list(context_of(timeout)))};
          },
          py::kw_only(), py::arg("timeout") = py::none())
      .def(
          "find",
          [](const AccountsService& accounts, const std::string& name) {
            const auto service = accounts.engine->get().accounts();
            return quick([&] { return service.find(name); });
          },
          py::arg("name"), "By id text, label, or seller key.")
      .def(
          "get",
          [](const AccountsService& accounts, const st::AccountId& id) {
            const auto service = accounts.engine->get().accounts();
            return quick([&] { return service.get(id); });
          },
          py::arg("account"))
      .def(
          "health",
          [](const AccountsService& accounts, const st::AccountId& id) {
            const auto service = accounts.engine->get().accounts();
            return quick([&] { return service.health(id); });
          },
          py::arg("account"), "The health as of the last connect or run.")
      .def(
          "credentials",
          [](const AccountsService& accounts, const st::AccountId& id) {
            const auto service = accounts.engine->get().accounts();
            return quick([&] { return service.credentials(id); });
          },
          py::arg("account"), "Facts about the account's credentials; never the credentials.")
      .def(
          "limits",
          [](const AccountsService& accounts) {
            const auto service = accounts.engine->get().accounts();
            return quick([&] { return service.limits(); });
          },
          "The state of the limits that this process has used.");
}

}  // namespace stkpy
