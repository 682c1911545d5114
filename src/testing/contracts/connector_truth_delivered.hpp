// What one reading of a list delivered, and how it differs from what the account really holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/testing/account_truth.hpp>

#include "testing/contracts/connector_lists.hpp"
#include "testing/contracts/connector_truth_compare.hpp"
#include "testing/contracts/connector_truth_rows.hpp"

namespace stocktracker::inline v0::testing {

/// How one reading of a list ended, and its rows.
struct Delivered {
  Result<void> result = Errc::internal;
  bool threw = false;
  std::string said;  ///< what the exception said
  int requests = 0;
  TrueOffers offers;
  TrueWarehouses warehouses;
  TrueStocks stock;
  TrueLines lines;
  TruePrices prices;
  OrderCoverage covered;

  [[nodiscard]] bool failed() const { return threw || !result; }
  [[nodiscard]] std::string text() const {
    return threw ? "it threw: " + said : result ? "success" : result.error().text();
  }
  void take_thrown(std::string_view what) {
    threw = true;
    said = what;
  }
};

inline bool is_of(const TrueStock& row, ListKind kind) noexcept {
  return (row.kind == WarehouseKind::seller) == (kind == ListKind::fbs);
}

inline std::vector<TrueStock> stock_of(const AccountTruth& truth, ListKind kind) {
  std::vector<TrueStock> rows;
  for (const TrueStock& row : *truth.stock) {
    if (is_of(row, kind)) rows.push_back(row);
  }
  return rows;
}

/// The number of rows that the account has in this list; 0 if the subject does not know.
inline std::size_t rows_of(const AccountTruth& truth, ListKind kind) {
  switch (kind) {
    case ListKind::offers:
      return truth.offers ? truth.offers->size() : 0;
    case ListKind::warehouses:
      return truth.warehouses ? truth.warehouses->size() : 0;
    case ListKind::fbo:
    case ListKind::fbs:
      return truth.stock ? stock_of(truth, kind).size() : 0;
    case ListKind::orders:
      return truth.orders ? truth.orders->size() : 0;
    case ListKind::prices:
      return truth.prices ? truth.prices->size() : 0;
  }
  return 0;
}

/// What is missing or wrong in a list that must be complete.
inline Differences against_truth(const AccountTruth& truth, ListKind kind, const Delivered& reported) {
  switch (kind) {
    case ListKind::offers:
      return differences(*truth.offers, reported.offers.rows, false);
    case ListKind::warehouses:
      return differences(*truth.warehouses, reported.warehouses.rows, false);
    case ListKind::fbo:
    case ListKind::fbs:
      return differences(stock_of(truth, kind), reported.stock.kept, true);
    case ListKind::orders:
      return differences(*truth.orders, reported.lines.rows, false);
    case ListKind::prices:
      return differences(*truth.prices, reported.prices.rows, false);
  }
  return {};
}

/// What is untrue in a list that may leave rows and members out.
inline Differences invented(const AccountTruth& truth, ListKind kind, const Delivered& reported) {
  switch (kind) {
    case ListKind::offers:
      return made_up(*truth.offers, reported.offers.rows);
    case ListKind::warehouses:
      return made_up(*truth.warehouses, reported.warehouses.rows);
    case ListKind::fbo:
    case ListKind::fbs:
      return made_up(stock_of(truth, kind), reported.stock.kept);
    case ListKind::orders:
      return made_up(*truth.orders, reported.lines.rows);
    case ListKind::prices:
      return made_up(*truth.prices, reported.prices.rows);
  }
  return {};
}

}  // namespace stocktracker::inline v0::testing
