// The lists of a connector as the contract suite reads them, and its checks of each list.
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

// Results of one reading that later requests need.
struct Account {
  Known offers;
  std::vector<std::string> offer_keys;
  std::vector<std::string> warehouses;  // the seller's

  // Names all offers if FBO stock is requested for a list of offers.
  [[nodiscard]] StockQuery fbo(const Connector& connector) const {
    StockQuery query;
    query.kind = StockKind::fbo;
    if (connector.capabilities().fbo_by_offers) query.offers = offer_keys;
    return query;
  }
};

// Checks endless lists, null lists, odd rows, byte order marks and refusals without text, each for offers, warehouses,
// FBO stock, FBS stock, orders and prices.
void check_lists(ConnectorSubject& subject, const Account& account, Check& check);

}  // namespace stocktracker::inline v0::testing
