// PositionColumns, Column, QuantityColumn: columns through the buffer protocol.
#include "bindings/python/src/columns.hpp"

namespace stkpy {
namespace {

template <class T>
Column column(const std::shared_ptr<const st::PositionColumns>& owner, const std::vector<T>& values) {
  const char* format = sizeof(T) == 8 ? "q" : sizeof(T) == 4 ? "I" : "B";
  return {owner, values.data(), values.size(), sizeof(T), format};
}

struct Quantities {
  std::shared_ptr<const st::PositionColumns> owner;
  const st::QuantityColumn* column;
};

template <auto Member>
auto plain() {
  return [](const Columns& columns) { return column(columns.data(), columns.data().get()->*Member); };
}
template <auto Member>
auto quantity_column() {
  return [](const Columns& columns) { return Quantities{columns.data(), &(columns.data().get()->*Member)}; };
}

py::object item(const Column& column, py::ssize_t at) {
  const auto rows = static_cast<py::ssize_t>(column.rows);
  if (at < 0) at += rows;
  if (at < 0 || at >= rows) throw py::index_error("row out of range");
  if (column.width == 8) return py::int_(static_cast<const std::int64_t*>(column.first)[at]);
  if (column.width == 4) return py::int_(static_cast<const std::uint32_t*>(column.first)[at]);
  return py::int_(static_cast<const std::uint8_t*>(column.first)[at]);
}

py::object view(const py::object& column) {
  return py::reinterpret_steal<py::object>(PyMemoryView_FromObject(column.ptr()));
}

}  // namespace

py::object frames() { return py::module_::import("stocktracker.frames"); }

void bind_columns(py::module_& module) {
  using P = st::PositionColumns;
  py::class_<Column>(module, "Column", py::buffer_protocol(),
                     "The numbers of one column, for memoryview, NumPy, or by index.")
      .def_buffer([](Column& c) {
        return py::buffer_info(const_cast<void*>(c.first), static_cast<py::ssize_t>(c.width), c.format, 1,
                               {static_cast<py::ssize_t>(c.rows)}, {static_cast<py::ssize_t>(c.width)}, true);
      })
      .def("__len__", [](const Column& c) { return c.rows; })
      .def("__iter__", [](const py::object& c) { return py::iter(view(c)); })
      .def("view", &view, "A memoryview, which keeps the columns alive.")
      .def("__getitem__", &item, py::arg("index"));
  py::class_<Quantities>(module, "QuantityColumn", "Units, and which of them are unknown (0 units, 1 unknown).")
      .def_property_readonly("units", [](const Quantities& q) { return column(q.owner, q.column->units); })
      .def_property_readonly("unknown", [](const Quantities& q) { return column(q.owner, q.column->unknown); });
  py::class_<Columns>(module, "PositionColumns",
                      "Positions column by column; account, offer and warehouse are indices into the lists.")
      .def("__len__", [](const Columns& c) { return c.data()->rows(); })
      .def_property_readonly("accounts", [](const Columns& c) { return c.data()->accounts; })
      .def_property_readonly("offers", [](const Columns& c) { return c.data()->offers; })
      .def_property_readonly("warehouses", [](const Columns& c) { return c.data()->warehouses; })
      .def_property_readonly("account", plain<&P::account>())
      .def_property_readonly("offer", plain<&P::offer>())
      .def_property_readonly("warehouse", plain<&P::warehouse>())
      .def_property_readonly("kind", plain<&P::kind>())
      .def_property_readonly("state", plain<&P::state>())
      .def_property_readonly("on_hand", quantity_column<&P::on_hand>())
      .def_property_readonly("reserved", quantity_column<&P::reserved>())
      .def_property_readonly("to_client", quantity_column<&P::to_client>())
      .def_property_readonly("from_client", quantity_column<&P::from_client>())
      .def_property_readonly("observed_at", plain<&P::observed_at>(), "Microseconds since 1970, UTC.")
      .def_property_readonly("asked_at", [](const Columns& c) { return c.data()->asked_at; })
      .def(
          "to_numpy", [](const Columns& c) { return frames().attr("to_numpy")(c); },
          "Read-only views, not copies; unknown quantities are masked.")
      .def(
          "to_pandas", [](const Columns& c) { return frames().attr("to_pandas")(c); },
          "A frame with a row per position; unknown quantities are <NA>.");
}

}  // namespace stkpy
