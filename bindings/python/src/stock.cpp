// Stock, StockPosition, StockTotal: positions as rows, or as columns.
#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/columns.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/pages.hpp"

namespace stkpy {
namespace {

// positions(): rows page by page, or everything as columns.
class Positions {
 public:
  Positions(EngineHandle engine, st::PositionQuery query, st::CallContext context)
      : engine_(std::move(engine)), query_(std::move(query)), context_(std::move(context)) {}

  st::Result<st::StockPosition> next() {
    if (!rows_) rows_.emplace(engine_->get().stock().positions(query_, context_));
    return rows_->next();
  }
  // Python's own protocol: each loop begins anew.
  void rewind() { rows_.reset(); }

  [[nodiscard]] Columns columns() const {
    const auto engine = engine_->get();
    return Columns(value_or_raise(quick([&] { return engine.stock().columns(query_, context_); })));
  }

 private:
  EngineHandle engine_;
  st::PositionQuery query_;
  st::CallContext context_;
  std::optional<PageReader<st::StockPosition>> rows_;
};

Positions positions(const StockService& stock, const std::optional<st::AccountId>& account, std::string offer,
                    std::string article, std::optional<st::StockKind> kind, std::optional<st::Instant> as_of,
                    std::optional<st::Instant> known_at, int page_size, const py::object& timeout) {
  st::PositionQuery query;
  query.account = account;
  query.offer = std::move(offer);
  query.article = std::move(article);
  query.kind = kind;
  query.as_of = as_of;
  query.known_at = known_at;
  query.page_size = page_size;
  value_or_raise(query.validate());
  (void)stock.engine->get();  // raises now, not at the first row
  return {stock.engine, std::move(query), context_of(timeout)};
}

void bind_position(py::module_& module) {
  py::class_<st::StockPosition>(module, "StockPosition",
                                "One offer in one warehouse. None: not known (it does not mean 0).")
      .def_readonly("account", &st::StockPosition::account)
      .def_readonly("offer", &st::StockPosition::offer)
      .def_readonly("warehouse", &st::StockPosition::warehouse)
      .def_readonly("kind", &st::StockPosition::kind)
      .def_readonly("state", &st::StockPosition::state)
      .def_readonly("on_hand", &st::StockPosition::on_hand, "Free to sell, units.")
      .def_readonly("reserved", &st::StockPosition::reserved)
      .def_readonly("to_client", &st::StockPosition::to_client, "In transit to customers, units.")
      .def_readonly("from_client", &st::StockPosition::from_client, "In transit from customers, units.")
      .def_readonly("observed_at", &st::StockPosition::observed_at,
                    "When the last complete answer of the source was read.")
      .def_readonly("asked_at", &st::StockPosition::asked_at, "When this row was read.")
      .def_property_readonly("age", [](const st::StockPosition& p) { return p.age().elapsed; })
      .def_property_readonly("age_text", [](const st::StockPosition& p) { return p.age().text(); })
      .def("__repr__", [](const st::StockPosition& p) {
        return "<StockPosition " + p.offer.key + " at " + p.warehouse.name + ": " +
               (p.on_hand ? std::to_string(p.on_hand->units()) : std::string("unknown")) + ">";
      });
  py::class_<st::StockTotal>(module, "StockTotal", "Sums. Unknown values are not added; their number is reported.")
      .def_readonly("on_hand", &st::StockTotal::on_hand)
      .def_readonly("fbo", &st::StockTotal::fbo)
      .def_readonly("fbs", &st::StockTotal::fbs)
      .def_readonly("to_client", &st::StockTotal::to_client)
      .def_readonly("from_client", &st::StockTotal::from_client)
      .def_readonly("positions", &st::StockTotal::positions)
      .def_readonly("kept", &st::StockTotal::kept)
      .def_readonly("unknown", &st::StockTotal::unknown)
      .def_readonly("vanished", &st::StockTotal::vanished)
      .def_readonly("observed_at", &st::StockTotal::observed_at);
}

}  // namespace

void bind_stock(py::module_& module) {
  bind_position(module);
  bind_columns(module);
  py::class_<Positions>(module, "Positions", "Rows of a query, page by page; or all of them as columns.")
      .def("__iter__",
           [](Positions& rows) -> Positions& {
             rows.rewind();
             return rows;
           })
      .def("__next__", &Positions::next)
      .def("columns", &Positions::columns, "All rows at once, from one snapshot, as columns.")
      .def(
          "to_numpy", [](const Positions& rows) { return frames().attr("to_numpy")(rows.columns()); },
          "Columns as NumPy arrays, without copies; unknown quantities are masked.")
      .def(
          "to_pandas", [](const Positions& rows) { return frames().attr("to_pandas")(rows.columns()); },
          "A pandas frame with a row per position; unknown quantities are <NA>.");
  py::class_<StockService>(module, "Stock", "Reading positions, now or as of an instant.")
      .def("positions", &positions, py::kw_only(), py::arg("account") = py::none(), py::arg("offer") = "",
           py::arg("article") = "", py::arg("kind") = py::none(), py::arg("as_of") = py::none(),
           py::arg("known_at") = py::none(), py::arg("page_size") = 1'000, py::arg("timeout") = py::none(),
           "Positions in the order of source, offer and warehouse, filtered by the arguments that are given.")
      .def(
          "total",
          [](const StockService& stock, const st::AccountId& account, const py::object& timeout) {
            const auto engine = stock.engine->get();
            const auto context = context_of(timeout);
            return quick([&] { return engine.stock().total(account, context); });
          },
          py::arg("account"), py::kw_only(), py::arg("timeout") = py::none(), "Sums over an account's positions.");
}

}  // namespace stkpy
