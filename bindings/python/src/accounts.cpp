// Accounts, Account, AccountHealth, HealthReason.
#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/operations.hpp"
#include "bindings/python/src/pages.hpp"

namespace stkpy {
namespace {

constexpr int kAccountsPage = 100;

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

template <class F>
auto read_account(F function) {
  return [function](const AccountsService& accounts, const st::AccountId& id) {
    const auto service = accounts.get();
    const auto context = accounts.context();
    return quick([&] { return function(service, id, context); });
  };
}

void bind_reading(py::class_<AccountsService>& accounts) {
  accounts
      .def(
          "list",
          [](const AccountsService& service, const Timeout& timeout) {
            return Listing<st::Account>{
                service.engine, PageReader<st::Account>(service.get().list(service.context(timeout)), kAccountsPage)};
          },
          py::kw_only(), py::arg("timeout") = py::none())
      .def(
          "find",
          [](const AccountsService& accounts, const std::string& name) {
            const auto service = accounts.get();
            return quick([&] { return service.find(name, accounts.context()); });
          },
          py::arg("name"), "By id text, label, or seller key.")
      .def("get", read_account([](const auto& service, const auto& id, const auto& context) {
             return service.get(id, context);
           }),
           py::arg("account"))
      .def("health", read_account([](const auto& service, const auto& id, const auto& context) {
             return service.health(id, context);
           }),
           py::arg("account"), "The health as of the last connect or run.")
      .def("credentials", read_account([](const auto& service, const auto& id, const auto& context) {
             return as_rows(service.credentials(id, context));
           }),
           py::arg("account"), "Facts about the account's credentials; never the credentials.")
      .def(
          "limits",
          [](const AccountsService& accounts) {
            const auto service = accounts.get();
            return as_rows(quick([&] { return service.limits(accounts.context()); }));
          },
          "The state of the limits that this process has used.");
}

void bind_changes(py::class_<AccountsService>& accounts) {
  accounts
      .def(
          "connect",
          [](const AccountsService& accounts, const st::Credentials& credentials, const std::string& label,
             const Timeout& timeout, const std::string& actor) {
            auto service = accounts.get();
            return waiting(accounts.context(timeout, actor), [&](const st::CallContext& context) {
              return service.connect(copy_of(credentials), {.label = label}, context);
            });
          },
          py::arg("credentials"), py::kw_only(), py::arg("label") = "", py::arg("timeout") = py::none(),
          py::arg("actor") = "",
          "Checks the credentials against the marketplace, then stores the account; nothing is stored if the check "
          "fails.")
      .def(
          "submit_connect",
          [](const AccountsService& accounts, const st::Credentials& credentials, const std::string& label,
             const Timeout& timeout, const std::string& actor) {
            auto service = accounts.get();
            return submitted<st::Account>(
                accounts.engine, accounts.context(timeout, actor), [&](const st::CallContext& context) {
                  return service.submit_connect(copy_of(credentials), {.label = label}, context);
                });
          },
          py::arg("credentials"), py::kw_only(), py::arg("label") = "", py::arg("timeout") = py::none(),
          py::arg("actor") = "", "The same as `connect`, on the engine's threads: returns an Operation at once.")
      .def(
          "rename",
          [](const AccountsService& accounts, const st::AccountId& id, const std::string& label,
             const std::string& actor) {
            auto service = accounts.get();
            return quick([&] { return service.rename(id, label, accounts.context({}, actor)); });
          },
          py::arg("account"), py::arg("label"), py::kw_only(), py::arg("actor") = "",
          "ConflictError (field \"label\") if another account has the label.")
      .def(
          "disconnect",
          [](const AccountsService& accounts, const st::AccountId& id, const std::string& actor) {
            auto service = accounts.get();
            return quick([&] { return service.disconnect(id, accounts.context({}, actor)); });
          },
          py::arg("account"), py::kw_only(), py::arg("actor") = "",
          "Deletes the account's credentials; its data stay. `connect` with the same seller revives it.");
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
      .def_readonly("disconnected_at", &st::Account::disconnected_at, "None: it is connected.")
      .def("__repr__",
           [](const st::Account& a) { return "<Account " + a.label + " at " + std::string(a.channel.code()) + ">"; });
  py::implicitly_convertible<st::Account, st::AccountId>();
  bind_health(module);
  bind_listing<st::Account>(module, "AccountListing");
  py::class_<AccountsService> accounts(module, "Accounts", "The seller's identities on marketplaces. Thread-safe.");
  bind_reading(accounts);
  bind_changes(accounts);
}

}  // namespace stkpy
