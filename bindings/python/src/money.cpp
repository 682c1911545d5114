// Money: exact amounts from and to decimal.Decimal.
#include "bindings/python/src/engine.hpp"

namespace stkpy {
namespace {

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

}  // namespace

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
      .def("__add__", &st::Money::plus, py::arg("other"), py::is_operator())
      .def("__sub__", &st::Money::minus, py::arg("other"), py::is_operator())
      .def("__mul__", &st::Money::times, py::arg("factor"), py::is_operator())
      .def(
          "split", [](const st::Money& m, const std::vector<std::int64_t>& weights) { return m.split(weights); },
          py::arg("weights"), "Splits the amount by largest remainder: the sum of the parts is exactly the amount.")
      .def(
          "__eq__", [](const st::Money& a, const st::Money& b) { return a == b; }, py::arg("other"), py::is_operator())
      .def("__hash__", [](const st::Money& m) { return py::hash(py::str(m.text())); })
      .def("__str__", &st::Money::text)
      .def("__repr__", [](const st::Money& m) {
        const st::Currency currency = m.currency();
        return "Money('" + amount_text(m) + "', '" + std::string(currency.code()) + "')";
      });
}

}  // namespace stkpy
