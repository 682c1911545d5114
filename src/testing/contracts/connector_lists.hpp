// The lists of a connector as the contract suite reads them, and the checks that it makes of each of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <stocktracker/testing/connector_contract.hpp>

namespace stocktracker::inline v0::testing {

// Rows as they were delivered, by key.
using Known = std::map<std::string, std::string>;

enum class ListKind : unsigned char { offers, warehouses, fbo, fbs, orders, prices };
[[nodiscard]] const char* name_of(ListKind kind) noexcept;

// What later reading asks about.
struct Account {
  Known offers;
  std::vector<std::string> offer_keys;
  std::vector<std::string> warehouses;  // the seller's

  // Names all offers where FBO stock is asked for by a list of them.
  [[nodiscard]] StockQuery fbo(const Connector& connector) const {
    StockQuery query;
    query.kind = StockKind::fbo;
    if (connector.capabilities().fbo_by_offers) query.offers = offer_keys;
    return query;
  }
};

// Endless lists, lists that are null, odd rows, byte order marks and refusals without words: each asked of offers,
// warehouses, FBO stock, FBS stock, orders and prices.
void check_lists(ConnectorSubject& subject, const Account& account, Check& check);

}  // namespace stocktracker::inline v0::testing
