/// PageWatch: detects a list that continues without new rows; and reads lists by cursor with this check.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/result.hpp>

#include "core/hash.hpp"

namespace stocktracker::inline v0 {

/// A set of 64-bit hashes: 16 to 32 bytes a member.
class HashSet {
 public:
  /// True if it was not in the set yet.
  bool insert(std::uint64_t hash);
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return slots_.size() * sizeof(std::uint64_t); }

 private:
  void grow();
  std::vector<std::uint64_t> slots_;  // 0: free
  std::size_t size_ = 0;
};

/// One list that is read page by page. Rows are identified by a hash of their identity. Not thread-safe.
class PageWatch {
 public:
  /// Number of consecutive pages without a new row that are accepted: borders repeat, and a short page may be empty.
  static constexpr int kPatience = 3;

  explicit PageWatch(std::string_view operation) : operation_(operation) {}

  /// Adds a row of the present page, by everything that identifies it.
  void row(std::string_view identity) { seen(hash64(identity)); }
  /// For callers that keep the rows themselves: number of new rows in the present page.
  void fresh(std::size_t rows) noexcept { fresh_ += rows; }
  /// Call when a page has ended and the list continues; `place` is the cursor or offset of the next page, if it has
  /// one. Errc::vendor_contradiction for a place seen before, or after kPatience pages without a new row.
  [[nodiscard]] Result<void> turn(std::string_view place = {});
  /// The list is read again from its beginning.
  void restart();

 private:
  void seen(std::uint64_t hash) {
    if (rows_.insert(hash)) ++fresh_;
  }

  std::string operation_;
  HashSet rows_;
  HashSet places_;
  std::size_t fresh_ = 0;
  int idle_pages_ = 0;
};

/// Reads a list by cursor: `page` gets the cursor (empty: the first page) and returns the next one, nullopt at the end.
/// `page` reports the rows to the watch.
template <class Page>  // Result<std::optional<std::string>>(const std::string& cursor)
[[nodiscard]] Result<void> read_pages(PageWatch& watch, Page&& page) {
  std::string cursor;
  while (true) {
    STK_TRY(auto next, page(cursor));
    if (!next) return success();
    STK_TRY(watch.turn(*next));
    cursor = std::move(*next);
  }
}

}  // namespace stocktracker::inline v0
