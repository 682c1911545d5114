/// @file
/// PageWatch: sees that a list goes on without bringing anything new, and reading by cursor under such a watch.
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
  /// Whether it was not there yet.
  bool insert(std::uint64_t hash);
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return slots_.size() * sizeof(std::uint64_t); }

 private:
  void grow();
  std::vector<std::uint64_t> slots_;  // 0: free
  std::size_t size_ = 0;
};

/// One list being read, page by page. Rows are known by a hash of their identity. Not thread-safe.
class PageWatch {
 public:
  /// So many pages in sequence may bring nothing new: borders repeat, and a short page may be empty.
  static constexpr int kPatience = 3;

  explicit PageWatch(std::string_view operation) : operation_(operation) {}

  /// A row of the present page, by all that makes it one.
  void row(std::string_view identity) { seen(hash64(identity)); }
  /// Where the caller keeps rows itself: so many of the present page were new.
  void fresh(std::size_t rows) noexcept { fresh_ += rows; }
  /// The page has ended, and the list goes on; at `place` (a cursor, an offset) where that is how it is asked.
  /// Errc::vendor_contradiction for a place seen before, or after kPatience pages without a new row.
  [[nodiscard]] Result<void> turn(std::string_view place = {});
  /// The list is read from its beginning again.
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

/// Reads a list by cursor: `page` gets where to begin (empty: at the first) and answers where the list goes on, nullopt
/// at its end. Rows are reported to the watch by `page`.
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
