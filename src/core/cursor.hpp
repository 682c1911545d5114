/// Cursors: opaque texts from which a list continues. A cursor holds the sort key of a row, and is checked against the
/// list and the query that it was made for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// The sort key of a row: each list uses the members that it needs, in an order of its own.
struct SortKey {
  std::int64_t first = 0;
  std::int64_t second = 0;
  std::int64_t third = 0;
  std::string text{};
  std::string further_text{};
  friend bool operator==(const SortKey&, const SortKey&) noexcept = default;
};

/// Writes and reads the cursors of one query. Name every filter of the query with `filter`, in a fixed order; the size
/// of a page is no filter.
class CursorCodec {
 public:
  /// The nil tenant is the only tenant of its store.
  CursorCodec(std::string_view list, const TenantId& tenant);

  CursorCodec& filter(std::string_view text);
  CursorCodec& filter(std::optional<std::int64_t> number);
  CursorCodec& filter(const std::optional<AccountId>& account);
  CursorCodec& filter(const std::optional<Instant>& at);

  [[nodiscard]] std::string write(const SortKey& key) const;
  /// Errc::invalid_argument, field "after", if the cursor is of another list, query or tenant, or is damaged.
  [[nodiscard]] Result<SortKey> read(std::string_view cursor) const;

 private:
  [[nodiscard]] std::uint64_t check_of(std::string_view key) const;
  std::string scope_;  // each part with its length, so that no two queries have the same text
};

}  // namespace stocktracker::inline v0
