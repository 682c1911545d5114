// Offers, warehouses, order lines and prices of a connector written in Python, as rows of the library.
#include "bindings/python/src/connector_rows.hpp"

namespace stkpy {
namespace {

[[noreturn]] void raise_member(const char* row, const char* field, const std::string& what) {
  raise(st::Error(st::Errc::invalid_argument, std::string(row) + "." + field + " " + what).about(field));
}

// A member that a caster reads; the error names the member.
template <class T>
T member(py::handle row, const char* field, const char* what, const char* must_be) {
  try {
    return row.attr(field).cast<T>();
  } catch (const py::cast_error&) {
    raise_member(what, field, std::string("must be ") + must_be);
  } catch (const py::builtin_exception&) {
    raise_member(what, field, std::string("must be ") + must_be);
  }
}

std::optional<st::Money> money_of(py::handle row, const char* field, const char* what) {
  return member<std::optional<st::Money>>(row, field, what, "Money or None");
}

}  // namespace

std::string_view Texts::of(py::handle row, const char* field, const char* what) {
  py::object text = row.attr(field);
  if (!py::isinstance<py::str>(text)) raise_member(what, field, "must be a str");
  return keep(std::move(text));
}

std::string_view Texts::keep(py::object text) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (data == nullptr) throw py::error_already_set();
  held_.push_back(std::move(text));
  return {data, static_cast<std::size_t>(size)};
}

OfferPage read_offers(const py::object& page) {
  constexpr const char* kRow = "OfferRow";
  OfferPage read;
  for (const py::handle row : page) {
    auto& codes = read.barcodes.emplace_back();
    for (const py::handle code : row.attr("barcodes")) codes.push_back(read.texts.keep(py::str(code)));
    read.rows.push_back({read.texts.of(row, "key", kRow),
                         read.texts.of(row, "listing", kRow),
                         read.texts.of(row, "article", kRow),
                         read.texts.of(row, "title", kRow),
                         read.texts.of(row, "brand", kRow),
                         read.texts.of(row, "size", kRow),
                         {}});
  }
  for (std::size_t i = 0; i < read.rows.size(); ++i) read.rows[i].barcodes = read.barcodes[i];
  return read;
}

RowPage<st::WarehouseRow> read_warehouses(const py::object& page) {
  constexpr const char* kRow = "WarehouseRow";
  RowPage<st::WarehouseRow> read;
  for (const py::handle row : page) {
    read.rows.push_back({read.texts.of(row, "key", kRow), read.texts.of(row, "name", kRow),
                         static_cast<bool>(py::bool_(row.attr("active")))});
  }
  return read;
}

RowPage<st::OrderLineRow> read_order_lines(const py::object& page) {
  constexpr const char* kRow = "OrderRow";
  RowPage<st::OrderLineRow> read;
  for (const py::handle row : page) {
    st::OrderLineRow line;
    line.key = read.texts.of(row, "key", kRow);
    line.order = read.texts.of(row, "order", kRow);
    line.offer = read.texts.of(row, "offer", kRow);
    line.listing = read.texts.of(row, "listing", kRow);
    line.article = read.texts.of(row, "article", kRow);
    line.status = member<st::OrderStatus>(row, "status", kRow, "an OrderStatus");
    line.status_text = read.texts.of(row, "status_text", kRow);
    line.kind = member<st::StockKind>(row, "kind", kRow, "a StockKind");
    line.warehouse = read.texts.of(row, "warehouse", kRow);
    line.warehouse_name = read.texts.of(row, "warehouse_name", kRow);
    line.quantity = member<std::int64_t>(row, "quantity", kRow, "an int");
    if (line.key.empty()) raise_member(kRow, "key", "is empty");
    if (line.quantity < 1) raise_member(kRow, "quantity", "must be at least 1");
    line.price = money_of(row, "price", kRow);
    line.ordered_at = member<st::Instant>(row, "ordered_at", kRow, "a datetime with a zone");
    const py::object changed = row.attr("changed_at");
    line.changed_at =
        changed.is_none() ? line.ordered_at : member<st::Instant>(row, "changed_at", kRow, "a datetime with a zone");
    read.rows.push_back(line);
  }
  return read;
}

RowPage<st::PriceRow> read_prices(const py::object& page) {
  constexpr const char* kRow = "PriceRow";
  RowPage<st::PriceRow> read;
  for (const py::handle row : page) {
    const auto offer = read.texts.of(row, "offer", kRow);
    if (offer.empty()) raise_member(kRow, "offer", "is empty");
    read.rows.push_back({offer, member<st::Money>(row, "price", kRow, "Money"), money_of(row, "list_price", kRow),
                         money_of(row, "lowest_price", kRow)});
  }
  return read;
}

void report_odd_row(const py::object& odd, st::AnswerSink& sink) {
  constexpr const char* kRow = "OddRow";
  Texts texts;
  st::OddRow row;
  if (py::bool_(odd.attr("oversold"))) {
    row.kind = st::RowOddity::oversold;
  } else if (py::bool_(odd.attr("incomplete"))) {
    row.kind = st::RowOddity::incomplete;
  }
  row.reason = texts.of(odd, "reason", kRow);
  row.location = texts.of(odd, "location", kRow);
  row.key = texts.of(odd, "key", kRow);
  const Released released;
  sink.odd_row(row);
}

}  // namespace stkpy
