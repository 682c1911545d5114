// Ids, secrets, money and credentials.
#include "bindings/python/src/engine.hpp"

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>

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
          "__eq__", [](const Id& a, const Id& b) { return a == b; }, py::is_operator())
      .def(
          "__lt__", [](const Id& a, const Id& b) { return a < b; }, py::is_operator());
}

// Decimal, int or text; a float is refused: money is counted, not measured.
std::string decimal_text(const py::object& amount) {
  if (py::isinstance<py::str>(amount)) return amount.cast<std::string>();
  if (py::isinstance<py::int_>(amount) && !py::isinstance<py::bool_>(amount)) return py::str(amount);
  const py::object decimal = py::module_::import("decimal").attr("Decimal");
  if (py::isinstance(amount, decimal)) return py::str(py::module_::import("builtins").attr("format")(amount, "f"));
  raise(st::Error(st::Errc::invalid_argument, "money needs a Decimal, an int or a text, not a float").about("amount"));
}

std::string amount_text(const st::Money& money) {
  const std::string text = money.text();  // "1299.90 RUB"
  return text.substr(0, text.find(' '));
}

void bind_money(py::module_& module) {
  py::class_<st::Money>(module, "Money", "Integer minor units with a currency; arithmetic is exact and checked.")
      .def(py::init([](const py::object& amount, const std::string& currency) {
             const auto parsed = value_or_raise(st::Currency::parse(currency));
             return value_or_raise(st::Money::parse(decimal_text(amount), parsed));
           }),
           py::arg("amount"), py::arg("currency"))
      .def_static(
          "of_minor",
          [](std::int64_t minor, const std::string& currency) {
            return st::Money(minor, value_or_raise(st::Currency::parse(currency)));
          },
          py::arg("minor"), py::arg("currency"))
      .def_property_readonly("minor", &st::Money::minor, "Minor units, e.g. kopecks.")
      .def_property_readonly("currency",
                             [](const st::Money& m) {
                               const st::Currency currency = m.currency();
                               return std::string(currency.code());
                             })
      .def_property_readonly(
          "amount", [](const st::Money& m) { return py::module_::import("decimal").attr("Decimal")(amount_text(m)); },
          "As a decimal.Decimal.")
      .def("__add__", &st::Money::plus, py::is_operator())
      .def("__sub__", &st::Money::minus, py::is_operator())
      .def("__mul__", &st::Money::times, py::is_operator())
      .def(
          "split", [](const st::Money& m, const std::vector<std::int64_t>& weights) { return m.split(weights); },
          py::arg("weights"), "By largest remainder: the parts add up to the whole exactly.")
      .def(
          "__eq__", [](const st::Money& a, const st::Money& b) { return a == b; }, py::is_operator())
      .def("__hash__", [](const st::Money& m) { return py::hash(py::str(m.text())); })
      .def("__str__", &st::Money::text)
      .def("__repr__", [](const st::Money& m) {
        const st::Currency currency = m.currency();
        return "Money('" + amount_text(m) + "', '" + std::string(currency.code()) + "')";
      });
}

void bind_credentials(py::module_& module) {
  py::class_<st::Secret>(module, "Secret", "Text that must not be seen: prints as ***, is never part of an error.")
      .def(py::init([](std::string text) { return st::Secret(std::move(text)); }), py::arg("text"))
      .def(
          "reveal", [](const st::Secret& s) { return std::string(s.reveal()); },
          "The only way to the text; never log, never store it.")
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
               st::Secret secret = py::isinstance<st::Secret>(value) ? value.cast<const st::Secret&>().clone()
                                                                     : st::Secret(value.cast<std::string>());
               credentials.parts.push_back({name.cast<std::string>(), std::move(secret)});
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
  py::class_<st::CredentialFacts>(module, "CredentialFacts", "What a part of the credentials says of itself.")
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
        st::Secret secret = py::isinstance<st::Secret>(token) ? token.cast<const st::Secret&>().clone()
                                                              : st::Secret(token.cast<std::string>());
        return st::wildberries::credentials(std::move(secret), base_url);
      },
      py::kw_only(), py::arg("token"), py::arg("base_url") = "",
      "Credentials of a Wildberries seller. base_url stands for all hosts, for a test server or a proxy.");
  const auto secret_of = [](const py::object& value) {
    return py::isinstance<st::Secret>(value) ? value.cast<const st::Secret&>().clone()
                                             : st::Secret(value.cast<std::string>());
  };
  module.def(
      "ozon",
      [secret_of](const std::string& client_id, const py::object& api_key, const std::string& base_url) {
        return st::ozon::credentials(client_id, secret_of(api_key), base_url);
      },
      py::kw_only(), py::arg("client_id"), py::arg("api_key"), py::arg("base_url") = "",
      "Credentials of an Ozon seller. base_url stands for the host, for a test server or a proxy.");
  module.def(
      "yandex_market",
      [secret_of](const py::object& api_key, const std::string& business, const std::string& base_url) {
        return st::yandex_market::credentials(secret_of(api_key), business, base_url);
      },
      py::kw_only(), py::arg("api_key"), py::arg("business") = "", py::arg("base_url") = "",
      "Credentials of a Yandex Market cabinet. business is needed where the key opens several; base_url stands for the "
      "host, for a test server or a proxy.");
}

}  // namespace

st::Credentials copy_of(const st::Credentials& credentials) {
  st::Credentials copy;
  copy.channel = credentials.channel;
  for (const st::CredentialPart& part : credentials.parts) copy.parts.push_back({part.name, part.value.clone()});
  return copy;
}

void bind_values(py::module_& module) {
  bind_id<st::AccountId>(module, "AccountId")
      .def(py::init([](const st::Account& account) { return account.id; }), py::arg("account"));
  bind_id<st::RunId>(module, "RunId");
  bind_money(module);
  bind_credentials(module);
  py::class_<st::Warehouse>(module, "Warehouse", "Identity is the channel's id; the name is raw.")
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
}

}  // namespace stkpy
