// Rows that a connector written in Python yields, read and checked.
#pragma once

#include <vector>

#include "bindings/python/src/casters.hpp"

namespace stkpy {

// Texts of Python objects that are kept alive beside their views.
class Texts {
 public:
  // Raises if the member is not a str.
  std::string_view of(py::handle row, const char* field, const char* what);
  std::string_view keep(py::object text);

 private:
  std::vector<py::object> held_;
};

// One page of the catalogue; the rows view texts and barcodes.
struct OfferPage {
  Texts texts{};
  std::vector<std::vector<std::string_view>> barcodes{};
  std::vector<st::OfferRow> rows{};
};
OfferPage read_offers(const py::object& page);

template <class Row>
struct RowPage {
  Texts texts{};
  std::vector<Row> rows{};
};
RowPage<st::WarehouseRow> read_warehouses(const py::object& page);
// An amount below one, a status or a kind that has no name, or a time without a zone raises with the member's name.
RowPage<st::OrderLineRow> read_order_lines(const py::object& page);
RowPage<st::PriceRow> read_prices(const py::object& page);
void report_odd_row(const py::object& odd, st::AnswerSink& sink);

}  // namespace stkpy
