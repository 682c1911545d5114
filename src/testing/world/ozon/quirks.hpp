// Special states of single goods, orders and lists of a world's Ozon, set by tests.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace stocktracker::inline v0::testing::world {

// Ways in which a list continues without end.
enum class Endless : unsigned char {
  no,
  new_cursors,  // the same rows under a new cursor
  same_cursor,  // the same rows, and the cursor does not move
  empty_pages,  // no rows under a new cursor
};

// Sizes by their index in the catalogue, orders by their index in the log.
struct OzonQuirks {
  std::set<std::size_t> archived;                // left the list of ALL, are in that of ARCHIVED; their stock stays
  std::set<std::size_t> undescribed;             // the info answer leaves them out
  std::map<std::size_t, std::int64_t> oversold;  // so many units more are sold from seller warehouses than there are
  std::set<std::size_t> two_skus;  // the stock in an Ozon warehouse comes in two rows, one unit under another sku

  // An order that is a product of an earlier order's posting, by that one.
  std::map<std::size_t, std::size_t> hosted;
  std::set<std::size_t> split;  // of those: it has got a posting of its own
  std::set<std::size_t> without_article;
  std::set<std::size_t> without_dates;             // no date at all
  std::set<std::size_t> unregistered;              // in_process_at and created_at are null, shipment_date is not
  std::map<std::size_t, std::string> status;       // the posting's word
  std::map<std::size_t, std::string> return_type;  // instead of ClientReturn
  std::set<std::size_t> taken_back;                // the return was cancelled by the buyer

  std::map<std::string, Endless, std::less<>> endless;  // by path
  bool null_lists = false;                              // a list without rows is null
};

}  // namespace stocktracker::inline v0::testing::world
