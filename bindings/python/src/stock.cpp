// Stock, StockPosition, StockTotal: positions as rows, or as columns.
#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/columns.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/operations.hpp"
#include "bindings/python/src/pages.hpp"
#include "bindings/python/src/typed_argument.hpp"

namespace stkpy {
namespace {

// positions(): rows page by page, or everything as columns.
class Positions {
 public:
  Positions(StockService stock, st::PositionQuery query, Timeout timeout)
      : stock_(std::move(stock)), query_(std::move(query)), timeout_(timeout) {}

  st::Result<st::StockPosition> next() { return reader().next(); }
  py::list peek(std::size_t most) { return reader().peek(most); }
  [[nodiscard]] std::string cursor() const { return rows_ ? rows_->cursor() : query_.after; }
  // Python's own protocol: each loop begins anew.
  void rewind() { rows_.reset(); }

  [[nodiscard]] Columns columns() const {
    const auto service = stock_.get();
    return Columns(value_or_raise(quick([&] { return service.columns(query_, stock_.context(timeout_)); })));
  }

 private:
  PageReader<st::StockPosition>& reader() {
    if (!rows_) rows_.emplace(stock_.get().positions(query_, stock_.context(timeout_)), query_.page_size, query_.after);
    return *rows_;
  }

  StockService stock_;
  st::PositionQuery query_;
  Timeout timeout_;
  std::optional<PageReader<st::StockPosition>> rows_;
};

// One key, or several.
void set_offers(const py::object& offer, st::PositionQuery& query) {
  if (py::isinstance<py::str>(offer)) {
    query.offer = offer.cast<std::string>();
  } else if (py::isinstance<py::sequence>(offer)) {
    query.offers = offer.cast<std::vector<std::string>>();
  } else {
    throw py::type_error("offer must be a key or a sequence of keys");
  }
}

st::PositionQuery query_of(const std::optional<st::AccountId>& account, const TypedArgument<KeyOrKeys>& offer,
                           std::string article, std::string warehouse, std::optional<st::StockKind> kind,
                           std::optional<st::Instant> as_of, std::optional<st::Instant> known_at) {
  st::PositionQuery query;
  query.account = account;
  set_offers(offer.value, query);
  query.article = std::move(article);
  query.warehouse = std::move(warehouse);
  query.kind = kind;
  query.as_of = as_of;
  query.known_at = known_at;
  return query;
}

Positions positions(const StockService& stock, const std::optional<st::AccountId>& account,
                    const TypedArgument<KeyOrKeys>& offer, std::string article, std::string warehouse,
                    std::optional<st::StockKind> kind, std::optional<st::Instant> as_of,
                    std::optional<st::Instant> known_at, int page_size, std::string after, const Timeout& timeout) {
  auto query = query_of(account, offer, std::move(article), std::move(warehouse), kind, as_of, known_at);
  query.page_size = page_size;
  query.after = std::move(after);
  value_or_raise(query.validate());
  (void)stock.get();  // raises now, not at the first row
  return {stock, std::move(query), timeout};
}

st::Result<st::StockTotal> total(const StockService& stock, const std::optional<st::AccountId>& account,
                                 const TypedArgument<KeyOrKeys>& offer, std::string article, std::string warehouse,
                                 std::optional<st::StockKind> kind, std::optional<st::Instant> as_of,
                                 std::optional<st::Instant> known_at, const Timeout& timeout) {
  const auto query = query_of(account, offer, std::move(article), std::move(warehouse), kind, as_of, known_at);
  const auto service = stock.get();
  const auto context = stock.context(timeout);
  return quick([&] { return service.total(query, context); });
}

std::shared_ptr<PendingCall> submit_columns(const StockService& stock, const std::optional<st::AccountId>& account,
                                            const TypedArgument<KeyOrKeys>& offer, std::string article,
                                            std::string warehouse, std::optional<st::StockKind> kind,
                                            std::optional<st::Instant> as_of, std::optional<st::Instant> known_at,
                                            const Timeout& timeout) {
  const auto query = query_of(account, offer, std::move(article), std::move(warehouse), kind, as_of, known_at);
  const auto service = stock.get();
  return submitted<Columns>(stock.engine, stock.context(timeout),
                            [&](const st::CallContext& context) { return service.submit_columns(query, context); });
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
      .def_readonly("gone", &st::StockTotal::gone, "Positions of warehouses that are no longer listed; in no sum.")
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
      .def("_peek", &Positions::peek, py::arg("most"))
      .def_property_readonly(
          "cursor", &Positions::cursor,
          "Where to continue after the row that was read last: the argument `after` of the same call.")
      .def("columns", &Positions::columns, "All rows at once, from one snapshot, as columns.")
      .def(
          "to_numpy", [](const Positions& rows) { return frames().attr("to_numpy")(rows.columns()); },
          "Columns as NumPy arrays, without copies; unknown quantities are masked.")
      .def(
          "to_pandas", [](const Positions& rows) { return frames().attr("to_pandas")(rows.columns()); },
          "A pandas frame with a row per position; unknown quantities are <NA>.");
  py::class_<StockService>(module, "Stock", "Reading positions, now or as of an instant. Thread-safe.")
      .def("positions", &positions, py::kw_only(), py::arg("account") = py::none(), py::arg("offer") = "",
           py::arg("article") = "", py::arg("warehouse") = "", py::arg("kind") = py::none(),
           py::arg("as_of") = py::none(), py::arg("known_at") = py::none(), py::arg("page_size") = 1'000,
           py::arg("after") = "", py::arg("timeout") = py::none(),
           "Positions in the order of source, offer and warehouse, filtered by the arguments that are given. offer: "
           "one key or several. `after` continues at a cursor.")
      .def("total", &total, py::arg("account") = py::none(), py::kw_only(), py::arg("offer") = "",
           py::arg("article") = "", py::arg("warehouse") = "", py::arg("kind") = py::none(),
           py::arg("as_of") = py::none(), py::arg("known_at") = py::none(), py::arg("timeout") = py::none(),
           "Sums over the positions of an account, or of all, filtered by the arguments that are given.")
      .def("submit_columns", &submit_columns, py::kw_only(), py::arg("account") = py::none(), py::arg("offer") = "",
           py::arg("article") = "", py::arg("warehouse") = "", py::arg("kind") = py::none(),
           py::arg("as_of") = py::none(), py::arg("known_at") = py::none(), py::arg("timeout") = py::none(),
           "All rows as columns, read on the engine's threads: returns an Operation at once.");
}

}  // namespace stkpy
