// The module: members of enumerations, and the order in which classes are bound.
#include <stocktracker/core/permission_table.hpp>

#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/seams.hpp"
#include "bindings/python/src/signatures.hpp"

namespace stkpy {
namespace {

template <class E>
std::pair<E, const char*> pair_of(E value) {
  return {value, to_string(value)};
}

// Of orders, tenants and analytics.
void fill_more(const py::module_& values) {
  using namespace st;  // NOLINT(google-build-using-namespace)
  using O = OrderStatus;
  Members<O>::fill(values, "OrderStatus",
                   {pair_of(O::placed), pair_of(O::delivered), pair_of(O::cancelled), pair_of(O::returned),
                    pair_of(O::unknown), pair_of(O::removed)});
  using T = TenantState;
  Members<T>::fill(values, "TenantState",
                   {pair_of(T::creating), pair_of(T::active), pair_of(T::suspended), pair_of(T::deleting),
                    pair_of(T::deleted), pair_of(T::quarantined)});
  std::vector<std::pair<Permission, const char*>> permissions;
  for (const PermissionInfo& row : kPermissionTable) permissions.emplace_back(row.permission, row.name);
  Members<Permission>::fill(values, "Permission", permissions);
  using A = StockAlert;
  Members<A>::fill(values, "StockAlert", {pair_of(A::unknown), pair_of(A::fine), pair_of(A::low), pair_of(A::out)});
  using M = MatchedBy;
  Members<M>::fill(values, "MatchedBy", {pair_of(M::person), pair_of(M::barcode), pair_of(M::article)});
  using Q = ProductMatch;
  Members<Q>::fill(values, "ProductMatch",
                   {pair_of(Q::none), pair_of(Q::person), pair_of(Q::barcode), pair_of(Q::article)});
  using R = ReviewReason;
  Members<R>::fill(values, "ReviewReason", {pair_of(R::alone), pair_of(R::ambiguous)});
  using D = DaysOfStock::State;
  Members<D>::fill(values, "DaysOfStockState",
                   {{D::days, "days"}, {D::sold_out, "sold_out"}, {D::no_sales, "no_sales"}, {D::unknown, "unknown"}});
}

void fill_members(const py::module_& values) {
  using namespace st;  // NOLINT(google-build-using-namespace)
  const auto pair = [](auto value) { return std::pair<decltype(value), const char*>(value, to_string(value)); };
  using enum ErrorKind;
  Members<ErrorKind>::fill(
      values, "ErrorKind",
      {pair(invalid), pair(unauthenticated), pair(denied), pair(not_found), pair(conflict), pair(rate_limited),
       pair(quota_exhausted), pair(unavailable), pair(timeout), pair(ErrorKind::cancelled), pair(protocol),
       pair(corrupt), pair(unsupported), pair(internal)});
  Members<StockKind>::fill(values, "StockKind", {pair(StockKind::fbo), pair(StockKind::fbs)});
  Members<Absent>::fill(values, "Absent", {{Absent::zero, "zero"}, {Absent::unknown, "unknown"}});
  Members<OfferState>::fill(values, "OfferState",
                            {pair(OfferState::listed), pair(OfferState::uncarded), pair(OfferState::vanished)});
  Members<WarehouseKind>::fill(
      values, "WarehouseKind",
      {pair(WarehouseKind::marketplace), pair(WarehouseKind::seller), pair(WarehouseKind::undisclosed)});
  Members<PositionState>::fill(
      values, "PositionState",
      {pair(PositionState::known), pair(PositionState::kept), pair(PositionState::unknown), pair(PositionState::gone)});
  Members<MovementKind>::fill(values, "MovementKind",
                              {pair(MovementKind::observed), pair(MovementKind::absent), pair(MovementKind::correction),
                               pair(MovementKind::undo), pair(MovementKind::opening)});
  Members<SourceState>::fill(values, "SourceState",
                             {pair(SourceState::ok), pair(SourceState::stale), pair(SourceState::throttled),
                              pair(SourceState::denied), pair(SourceState::failed), pair(SourceState::gone)});
  Members<Disposition>::fill(values, "Disposition",
                             {pair(Disposition::not_applied), pair(Disposition::applied), pair(Disposition::held)});
  Members<RunState>::fill(values, "RunState",
                          {pair(RunState::running), pair(RunState::ok), pair(RunState::partial), pair(RunState::held),
                           pair(RunState::failed), pair(RunState::cancelled)});
  Members<HealthState>::fill(values, "HealthState",
                             {pair(HealthState::ok), pair(HealthState::expiring), pair(HealthState::throttled),
                              pair(HealthState::failing), pair(HealthState::denied)});
  fill_more(values);
  using testing::FaultKind;
  Members<FaultKind>::fill(
      values, "FaultKind",
      {pair(FaultKind::status), pair(FaultKind::throttle), pair(FaultKind::gone), pair(FaultKind::reset),
       pair(FaultKind::slow), pair(FaultKind::truncate), pair(FaultKind::broken_json), pair(FaultKind::wrong_types),
       pair(FaultKind::unknown_fields), pair(FaultKind::repeat_rows), pair(FaultKind::shrink_pages),
       pair(FaultKind::skip_rows), pair(FaultKind::endless_pages), pair(FaultKind::null_lists),
       pair(FaultKind::negative_amounts), pair(FaultKind::odd_decimals), pair(FaultKind::byte_order_mark)});
  using testing::WildberriesTokenType;
  Members<WildberriesTokenType>::fill(values, "WildberriesTokenType",
                                      {{WildberriesTokenType::base, "base"},
                                       {WildberriesTokenType::test, "test"},
                                       {WildberriesTokenType::personal, "personal"},
                                       {WildberriesTokenType::service, "service"}});
}

}  // namespace
}  // namespace stkpy

PYBIND11_MODULE(_native, module) {
  module.doc() = "The compiled part of the library; import stocktracker instead.";
  stkpy::fill_members(pybind11::module_::import("stocktracker.values"));
  stkpy::bind_errors(module);
  stkpy::bind_ids(module);
  stkpy::bind_money(module);
  stkpy::bind_credentials(module);
  stkpy::bind_catalogue(module);
  stkpy::bind_limits(module);
  stkpy::bind_tenants(module);
  stkpy::bind_operations(module);
  stkpy::bind_clock(module);
  stkpy::bind_accounts(module);
  stkpy::bind_connectors(module);
  stkpy::bind_world(module);
  stkpy::bind_runs(module);
  stkpy::bind_sync(module);
  stkpy::bind_stock(module);
  stkpy::bind_ledger(module);
  stkpy::bind_orders(module);
  stkpy::bind_listings(module);
  stkpy::bind_analytics(module);
  stkpy::bind_settings(module);
  stkpy::bind_keys(module);
  stkpy::bind_directory(module);
  stkpy::bind_engine(module);
  stkpy::bind_open(module);
  stkpy::bind_postgres(module);
  module.attr("__version__") = stocktracker::version();
  stkpy::polish_functions(module);
}
