// Ledger, Movement, LedgerCheck.
#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/pages.hpp"

namespace stkpy {
namespace {

void bind_entries(py::module_& module) {
  py::class_<st::Movement>(module, "Movement", "An entry about one position, identified by (offer, warehouse, seq).")
      .def_readonly("account", &st::Movement::account)
      .def_readonly("offer", &st::Movement::offer)
      .def_readonly("warehouse", &st::Movement::warehouse)
      .def_readonly("seq", &st::Movement::seq)
      .def_readonly("kind", &st::Movement::kind)
      .def_readonly("before", &st::Movement::before)
      .def_readonly("after", &st::Movement::after)
      .def_readonly("observed_at", &st::Movement::observed_at)
      .def_readonly("recorded_at", &st::Movement::recorded_at)
      .def_property_readonly("run",
                             [](const st::Movement& m) -> std::optional<st::RunId> {
                               if (m.run.is_nil()) return std::nullopt;
                               return m.run;
                             })
      .def_readonly("cause", &st::Movement::cause)
      .def_property_readonly("delta", &st::Movement::delta)
      .def_property_readonly("kept", &st::Movement::kept)
      .def("explain", &st::Movement::explain, "The entry as a sentence.")
      .def("__repr__", [](const st::Movement& m) { return "<Movement " + m.explain() + ">"; });
  py::class_<st::LedgerCheck>(module, "LedgerCheck", "The result of a check of the ledger.")
      .def_readonly("positions", &st::LedgerCheck::positions)
      .def_readonly("entries", &st::LedgerCheck::entries)
      .def_readonly("broken", &st::LedgerCheck::broken)
      .def_readonly("faults", &st::LedgerCheck::faults);
  py::class_<st::RetentionReport>(module, "RetentionReport", "What Ledger.retain removed.")
      .def_readonly("opened", &st::RetentionReport::opened, "Positions with a history that now begins later.")
      .def_readonly("folded", &st::RetentionReport::folded, "Entries that were removed.");
}

Listing<st::Movement> movements(const LedgerService& ledger, const std::optional<st::AccountId>& account,
                                std::string offer, std::string article, std::string warehouse,
                                std::optional<st::Instant> from, std::optional<st::Instant> until, int page_size,
                                std::string after, const Timeout& timeout) {
  st::MovementQuery query{account, std::move(offer), std::move(article), std::move(warehouse), from, until, page_size,
                          after};
  value_or_raise(query.validate());
  return {ledger.engine, PageReader<st::Movement>(ledger.get().movements(std::move(query), ledger.context(timeout)),
                                                  page_size, std::move(after))};
}

}  // namespace

void bind_ledger(py::module_& module) {
  bind_entries(module);
  bind_listing<st::Movement>(module, "MovementListing");
  py::class_<LedgerService>(module, "Ledger", "The history of every number. Thread-safe.")
      .def("movements", &movements, py::kw_only(), py::arg("account") = py::none(), py::arg("offer") = "",
           py::arg("article") = "", py::arg("warehouse") = "", py::arg("since") = py::none(),
           py::arg("until") = py::none(), py::arg("page_size") = 1'000, py::arg("after") = "",
           py::arg("timeout") = py::none(),
           "Entries by offer, warehouse, then seq; observed at or after `since` and before `until`. `after` continues "
           "at a cursor.")
      .def(
          "known_since",
          [](const LedgerService& ledger, const st::AccountId& account) {
            const auto service = ledger.get();
            return quick([&] { return service.known_since(account, ledger.context()); });
          },
          py::arg("account"), "From when the account's history is complete; None: nothing was observed yet.")
      .def(
          "verify",
          [](const LedgerService& ledger, const Timeout& timeout) {
            const auto service = ledger.get();
            return waiting(ledger.context(timeout),
                           [&](const st::CallContext& context) { return service.verify(context); });
          },
          py::kw_only(), py::arg("timeout") = py::none(),
          "Reads all entries; checks that there are no gaps and that the last entry of a position equals its level.")
      .def(
          "retain",
          [](const LedgerService& ledger, st::Instant since, const std::string& actor, const Timeout& timeout) {
            auto service = ledger.get();
            return waiting(ledger.context(timeout, actor),
                           [&](const st::CallContext& context) { return service.retain(since, context); });
          },
          py::arg("since"), py::kw_only(), py::arg("actor") = "", py::arg("timeout") = py::none(),
          "Removes entries that were observed before `since`; the last value of each position stays. May be stopped "
          "and called again.");
}

}  // namespace stkpy
