// Secret, Credentials, CredentialFacts, and the functions that make credentials of each marketplace.
#include "bindings/python/src/engine.hpp"

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>

namespace stkpy {
namespace {

// A Secret, or its text.
st::Secret secret_of(py::handle value) {
  if (py::isinstance<st::Secret>(value)) return value.cast<const st::Secret&>().clone();
  if (py::isinstance<py::str>(value)) return st::Secret(value.cast<std::string>());
  throw py::type_error("a secret must be a str or a Secret, not " +
                       std::string(py::str(py::type::of(value).attr("__name__"))));
}

}  // namespace

st::Credentials copy_of(const st::Credentials& credentials) {
  st::Credentials copy;
  copy.channel = credentials.channel;
  for (const st::CredentialPart& part : credentials.parts) copy.parts.push_back({part.name, part.value.clone()});
  return copy;
}

void bind_credentials(py::module_& module) {
  py::class_<st::Secret>(module, "Secret", "A secret text: prints as ***, is never part of an error.")
      .def(py::init([](std::string text) { return st::Secret(std::move(text)); }), py::arg("text"))
      .def(
          "reveal", [](const st::Secret& s) { return std::string(s.reveal()); },
          "Returns the text. Never log it, never store it.")
      .def(
          "reveal_bytes", [](const st::Secret& s) { return py::bytes(s.reveal().data(), s.reveal().size()); },
          "The same as bytes, of a secret that is no text.")
      .def("equals", &st::Secret::equals, py::arg("other"), "Constant time for equal lengths.")
      .def("__bool__", [](const st::Secret& s) { return !s.empty(); })
      .def("__str__", [](const st::Secret&) { return st::Secret::text(); })
      .def("__repr__", [](const st::Secret&) { return "Secret('***')"; })
      .def("__reduce__", [](const st::Secret&) -> py::object { throw py::type_error("a Secret is not pickled"); });
  py::class_<st::Credentials>(module, "Credentials", "Named secrets for one channel: Credentials('bazaar', token=...).")
      .def(py::init([](const std::string& channel, const py::kwargs& parts) {
             st::Credentials credentials;
             credentials.channel = st::Channel(channel);
             for (const auto& [name, value] : parts) {
               credentials.parts.push_back({name.cast<std::string>(), secret_of(value)});
             }
             return credentials;
           }),
           py::arg("channel"))
      .def_property_readonly("channel", [](const st::Credentials& c) { return c.channel; })
      .def_property_readonly("names",
                             [](const st::Credentials& c) {
                               std::vector<std::string> names;
                               for (const auto& part : c.parts) names.push_back(part.name);
                               return names;
                             })
      .def(
          "get",
          [](const st::Credentials& c, const std::string& name) -> std::optional<st::Secret> {
            const st::Secret* secret = c.find(name);
            if (secret == nullptr) return std::nullopt;
            return secret->clone();
          },
          py::arg("name"), "The secret of that name, or None.")
      .def("__repr__", [](const st::Credentials& c) {
        return "<Credentials of " + std::string(c.channel.code()) + ", " + std::to_string(c.parts.size()) + " parts>";
      });
  py::class_<st::CredentialFacts>(module, "CredentialFacts", "Facts about a part of the credentials.")
      .def(py::init([](std::string part, std::string kind, std::vector<std::string> categories, bool read_only,
                       std::optional<st::Instant> expires_at) {
             return st::CredentialFacts{std::move(part), std::move(kind), std::move(categories), read_only, expires_at};
           }),
           py::arg("part"), py::kw_only(), py::arg("kind") = "", py::arg("categories") = std::vector<std::string>{},
           py::arg("read_only") = false, py::arg("expires_at") = py::none())
      .def_readonly("part", &st::CredentialFacts::part)
      .def_readonly("kind", &st::CredentialFacts::kind)
      .def_readonly("categories", &st::CredentialFacts::categories)
      .def_readonly("read_only", &st::CredentialFacts::read_only)
      .def_readonly("expires_at", &st::CredentialFacts::expires_at);
  module.def(
      "wildberries",
      [](const py::object& token, const std::string& base_url) {
        return st::wildberries::credentials(secret_of(token), base_url);
      },
      py::kw_only(), py::arg("token"), py::arg("base_url") = "",
      "Credentials of a Wildberries seller. base_url replaces all hosts, for a test server or a proxy.");
  module.def(
      "ozon",
      [](const std::string& client_id, const py::object& api_key, const std::string& base_url) {
        return st::ozon::credentials(client_id, secret_of(api_key), base_url);
      },
      py::kw_only(), py::arg("client_id"), py::arg("api_key"), py::arg("base_url") = "",
      "Credentials of an Ozon seller. base_url replaces the host, for a test server or a proxy.");
  module.def(
      "yandex_market",
      [](const py::object& api_key, const std::string& business, const std::string& base_url) {
        return st::yandex_market::credentials(secret_of(api_key), business, base_url);
      },
      py::kw_only(), py::arg("api_key"), py::arg("business") = "", py::arg("base_url") = "",
      "Credentials of a Yandex Market cabinet. business is required if the key opens several; base_url replaces the "
      "host, for a test server or a proxy.");
}

}  // namespace stkpy
