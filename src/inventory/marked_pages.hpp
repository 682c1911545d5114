/// MarkedPages: the pages of a list that continues after a cursor. A mark is the place of a row in its list.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/scope.hpp>

#include "core/cursor.hpp"
#include "inventory/inventory_core.hpp"
#include "inventory/known_account.hpp"

namespace stocktracker::inline v0::inventory {

/// A list derives from it; its query has a member `account`. It reads a page after a mark, and says what its marks are
/// as sort keys of a cursor.
template <class Row, class Query, class Mark>
class MarkedPages : public PageSource<Row> {
 public:
  struct Page {
    std::vector<Row> rows;
    std::vector<Mark> marks;  ///< one per row
  };

  MarkedPages(std::shared_ptr<InventoryCore> core, Query query, CallContext context, CursorCodec codec)
      : core_(std::move(core)), query_(std::move(query)), context_(std::move(context)), codec_(std::move(codec)) {}

  Result<std::vector<Row>> fetch() final {
    STK_TRY(const auto context, enter_page(core_->ports, context_));
    if (!database_) {
      STK_TRY(begin());
    }
    const Mark from = marks_.empty() ? start_ : marks_.back();
    Page page;
    const auto read = [&](Transaction& tx) -> Result<void> {
      page = {};
      STK_TRY(read_page(tx, from, page));
      return page.rows.empty() && is_first(from) ? require_account(tx, query_.account) : Result<void>(success());
    };
    STK_TRY(database_->transact(context, TransactMode::read, read));
    start_ = from;
    marks_ = std::move(page.marks);
    return std::move(page.rows);
  }

  std::string cursor(std::size_t rows) const final {
    if (!database_) return query_.after;
    const Mark& mark = rows == 0 ? start_ : marks_[rows - 1];
    if (is_first(mark)) return {};
    return codec_.write(key_of(mark));
  }

 protected:
  /// Reads rows after `from`, with a mark for each, into an empty page. May run twice.
  virtual Result<void> read_page(Transaction& tx, Mark from, Page& page) const = 0;
  /// The mark before the first row of the query.
  virtual Mark first_mark() const { return {}; }
  /// True for a mark before the first row: no cursor stands there.
  virtual bool is_first(const Mark& mark) const = 0;
  virtual SortKey key_of(const Mark& mark) const = 0;
  virtual Mark mark_of(SortKey key) const = 0;

  const std::shared_ptr<InventoryCore> core_;
  const Query query_;

 private:
  Result<void> begin() {
    STK_TRY(query_.validate());
    start_ = first_mark();
    if (!query_.after.empty()) {
      STK_TRY(SortKey key, codec_.read(query_.after));
      start_ = mark_of(std::move(key));
    }
    STK_TRY(database_, core_->ports.storage->tenant(context_.tenant));
    return success();
  }

  const CallContext context_;
  const CursorCodec codec_;
  std::shared_ptr<Database> database_;
  Mark start_{};             // the page that was read last begins after it
  std::vector<Mark> marks_;  // of that page's rows
};

}  // namespace stocktracker::inline v0::inventory
