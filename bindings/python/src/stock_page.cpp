// StockPage: rows of a stock answer, taken from lists or buffers and checked.
#include "bindings/python/src/connector_values.hpp"

#include <cstring>
#include <utility>

namespace stkpy {
namespace {

[[noreturn]] void raise_field_error(const char* field, const std::string& what) {
  raise(st::Error(st::Errc::invalid_argument, "StockPage." + std::string(field) + " " + what).about(field));
}

template <class To, class From>
void copy_numbers(const py::buffer_info& info, std::vector<To>& to, const char* field) {
  const auto* at = static_cast<const char*>(info.ptr);
  to.reserve(static_cast<std::size_t>(info.shape[0]));
  for (py::ssize_t i = 0; i < info.shape[0]; ++i, at += info.strides[0]) {
    From number{};
    std::memcpy(&number, at, sizeof number);
    if (!std::in_range<To>(number)) raise_field_error(field, "[" + std::to_string(i) + "] is out of range");
    to.push_back(static_cast<To>(number));
  }
}

template <class To>
bool from_buffer(py::handle values, std::vector<To>& to, const char* field) {
  if (PyObject_CheckBuffer(values.ptr()) == 0 || py::isinstance<py::bytes>(values)) return false;
  const auto info = py::reinterpret_borrow<py::buffer>(values).request();
  if (info.ndim != 1) raise_field_error(field, "must have one dimension");
  const char type = info.format.empty() ? '?' : info.format.back();
  if (std::strchr("bhilqn", type) != nullptr) {
    if (info.itemsize == 8) return copy_numbers<To, std::int64_t>(info, to, field), true;
    if (info.itemsize == 4) return copy_numbers<To, std::int32_t>(info, to, field), true;
    if (info.itemsize == 2) return copy_numbers<To, std::int16_t>(info, to, field), true;
    return copy_numbers<To, std::int8_t>(info, to, field), true;
  }
  if (std::strchr("BHILQN", type) != nullptr) {
    if (info.itemsize == 8) return copy_numbers<To, std::uint64_t>(info, to, field), true;
    if (info.itemsize == 4) return copy_numbers<To, std::uint32_t>(info, to, field), true;
    if (info.itemsize == 2) return copy_numbers<To, std::uint16_t>(info, to, field), true;
    return copy_numbers<To, std::uint8_t>(info, to, field), true;
  }
  raise_field_error(field, "must hold whole numbers, not format '" + info.format + "'");
}

std::int64_t whole_number(py::handle item, const char* field, py::ssize_t at) {
  if (!PyLong_Check(item.ptr())) raise_field_error(field, "[" + std::to_string(at) + "] must be an int");
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(item.ptr(), &overflow);
  if (overflow != 0) raise_field_error(field, "[" + std::to_string(at) + "] is out of range");
  return number;
}

template <class To>
std::vector<To> numbers(py::handle values, const char* field) {
  std::vector<To> to;
  if (from_buffer(values, to, field)) return to;
  py::ssize_t at = 0;
  for (const py::handle item : values) {
    const std::int64_t number = whole_number(item, field, at++);
    if (!std::in_range<To>(number)) raise_field_error(field, "[" + std::to_string(at - 1) + "] is out of range");
    to.push_back(static_cast<To>(number));
  }
  return to;
}

// Keys of one column: all numbers, or all texts, which belong to the Python objects.
struct Keys {
  std::vector<std::int64_t> numbers;
  std::vector<std::string_view> texts;
  py::object owner{};  // a generator's texts live as long as this list

  [[nodiscard]] std::size_t size() const { return texts.empty() ? numbers.size() : texts.size(); }
  [[nodiscard]] st::KeyView at(std::size_t row) const {
    return texts.empty() ? st::KeyView(numbers[row]) : st::KeyView(texts[row]);
  }
};

Keys keys(const py::object& values, const char* field) {
  Keys column;
  if (from_buffer(values, column.numbers, field)) {
    for (std::size_t i = 0; i < column.numbers.size(); ++i) {
      if (column.numbers[i] < 0) raise_field_error(field, "[" + std::to_string(i) + "] is negative");
    }
    return column;
  }
  const py::list items(values);
  column.owner = items;
  py::ssize_t at = 0;
  bool texts = false;
  for (const py::handle item : items) {
    const bool text = py::isinstance<py::str>(item);
    if (at == 0) texts = text;
    if (text != texts) raise_field_error(field, "must hold only texts or only numbers");
    if (text) {
      Py_ssize_t size = 0;
      const char* data = PyUnicode_AsUTF8AndSize(item.ptr(), &size);
      if (data == nullptr) throw py::error_already_set();
      if (size == 0) raise_field_error(field, "[" + std::to_string(at) + "] is empty");
      column.texts.emplace_back(data, static_cast<std::size_t>(size));
    } else {
      const std::int64_t number = whole_number(item, field, at);
      if (number < 0) raise_field_error(field, "[" + std::to_string(at) + "] is negative");
      column.numbers.push_back(number);
    }
    ++at;
  }
  return column;
}

std::vector<std::int64_t> quantities(const py::object& values, const char* field, std::size_t rows) {
  if (values.is_none()) return {};
  auto units = numbers<std::int64_t>(values, field);
  if (units.size() != rows) {
    raise_field_error(field, "has " + std::to_string(units.size()) + " rows, offer has " + std::to_string(rows));
  }
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (units[i] < 0) raise_field_error(field, "[" + std::to_string(i) + "] is negative");
  }
  return units;
}

StockPage make_page(const std::vector<st::Warehouse>& warehouses, const py::object& offer, const py::object& warehouse,
                    const py::object& on_hand, const py::object& reserved, const py::object& to_client,
                    const py::object& from_client, const py::object& listing, const py::object& unplaced) {
  const Keys offers = keys(offer, "offer");
  const std::size_t rows = offers.size();
  const auto places = numbers<std::uint32_t>(warehouse, "warehouse");
  if (places.size() != rows) raise_field_error("warehouse", "and offer have different numbers of rows");
  for (std::size_t i = 0; i < rows; ++i) {
    if (places[i] >= warehouses.size())
      raise_field_error("warehouse", "[" + std::to_string(i) + "] names no warehouse");
  }
  if (on_hand.is_none()) raise_field_error("on_hand", "must be given");
  const auto units = quantities(on_hand, "on_hand", rows);
  const auto held = quantities(reserved, "reserved", rows);
  const auto going = quantities(to_client, "to_client", rows);
  const auto returning = quantities(from_client, "from_client", rows);
  Keys listings;
  if (!listing.is_none()) {
    listings = keys(listing, "listing");
    if (listings.size() != rows) raise_field_error("listing", "and offer have different numbers of rows");
  }

  StockPage page;
  std::vector<std::uint32_t> numbers_of;
  for (const st::Warehouse& place : warehouses) numbers_of.push_back(page.rows.add_warehouse(place));
  const auto amount = [](const std::vector<std::int64_t>& column, std::size_t row) {
    return column.empty() ? std::nullopt : std::optional(column[row]);
  };
  for (std::size_t i = 0; i < rows; ++i) {
    page.rows.push({.offer = offers.at(i),
                    .warehouse = numbers_of[places[i]],
                    .on_hand = units[i],
                    .reserved = amount(held, i),
                    .to_client = amount(going, i),
                    .from_client = amount(returning, i),
                    .listing = listings.size() == 0 ? st::KeyView() : listings.at(i)});
  }
  const Keys without_offers = keys(unplaced, "unplaced");
  for (std::size_t i = 0; i < without_offers.size(); ++i) page.rows.push_unplaced(without_offers.at(i));
  if (const auto fits = page.rows.check(); !fits) raise(fits.error());
  return page;
}

}  // namespace

void bind_stock_page(py::module_& module) {
  py::class_<StockPage>(module, "StockPage",
                        "Rows of a stock answer, column by column: lists, or anything with a buffer of integers.")
      .def(
          py::init(&make_page), py::kw_only(), py::arg("warehouses"), py::arg("offer"), py::arg("warehouse"),
          py::arg("on_hand"), py::arg("reserved") = py::none(), py::arg("to_client") = py::none(),
          py::arg("from_client") = py::none(), py::arg("listing") = py::none(), py::arg("unplaced") = py::tuple(),
          "Row i is offer[i] in warehouses[warehouse[i]]. Leave out a quantity that the channel does not report. Yield "
          "a page once.")
      .def("__len__", [](const StockPage& page) { return page.rows.rows(); });
}

}  // namespace stkpy
