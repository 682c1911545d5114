/// Cells: the members of an object that a decoder needs.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0::json {

enum class FieldType : unsigned char {
  integer,
  text,
  lenient_integer,  ///< an integer, or a text that contains only an integer
  texts,  ///< a list of texts: `integer` is how many, `raw` from behind the opening bracket up to the closing one
};

/// A member of each row that the decoder needs; others are skipped.
struct Field {
  std::string_view name;
  FieldType type = FieldType::integer;
  bool required = true;
};

struct Cell {
  bool present = false;
  std::int64_t integer = 0;
  std::string_view raw{};  ///< of a text: from behind the opening quote up to and with the closing one, escapes in it
};

/// The text of a cell as it stands in the body, valid as long as the cell.
[[nodiscard]] inline std::string_view raw_text(const Cell& cell) noexcept {
  return {cell.raw.data(), cell.raw.size() - 1};
}

/// Whether a text holds no escape: it may be read as it stands in the body. Reads eight bytes at a time, up to seven
/// beyond the text: bodies are padded.
[[nodiscard]] inline bool is_plain(const Cell& cell) noexcept {
  const std::string_view text = raw_text(cell);
  if constexpr (std::endian::native != std::endian::little) return text.find('\\') == std::string_view::npos;
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  const auto has_escape = [](std::uint64_t bytes) {
    bytes ^= kOnes * '\\';
    // A byte is zero where a backslash stood.
    return ((bytes - kOnes) & ~bytes & (kOnes << 7U)) != 0;
  };
  const char* at = text.data();
  std::uint64_t bytes = 0;
  std::size_t left = text.size();
  for (; left > kWord; left -= kWord, at += kWord) {
    std::memcpy(&bytes, at, kWord);
    if (has_escape(bytes)) return false;
  }
  if (left == 0) return true;
  std::memcpy(&bytes, at, kWord);
  return !has_escape(bytes << ((kWord - left) * 8));  // what follows the text is shifted out
}

/// The text of a cell that holds no escape, valid as long as the cell; nullopt when it holds one.
[[nodiscard]] inline std::optional<std::string_view> plain_text(const Cell& cell) noexcept {
  return is_plain(cell) ? std::optional(raw_text(cell)) : std::nullopt;
}

/// `take` for each text of a list, as a cell of its own.
template <class Take>
[[nodiscard]] Result<void> each_text(const Cell& list, Take&& take) {
  std::size_t at = 0;
  for (std::int64_t n = 0; n < list.integer; ++n) {
    const std::size_t from = list.raw.find('"', at) + 1;
    for (at = from; list.raw[at] != '"'; ++at) at += list.raw[at] == '\\' ? 1 : 0;
    ++at;
    STK_TRY(take(Cell{true, 0, list.raw.substr(from, at - from)}));
  }
  return success();
}

/// A row that cannot be read: a member is missing or has another type, or the row is not an object.
struct BrokenRow {
  std::string_view member;        ///< empty: the problem is the row itself
  std::string_view problem;       ///< "is missing", "is not a text", ...
  std::span<const Cell> group{};  ///< cells of its group, if rows have groups
  std::span<const Cell> cells{};  ///< cells that could be read
  std::size_t group_at = 0;
  std::size_t row_at = 0;
};
/// Called for a row that cannot be read. Success leaves it out, and reading continues.
using TakeBroken = FunctionRef<Result<void>(const BrokenRow&)>;

/// The text of a cell, escapes resolved.
[[nodiscard]] Result<std::string> text_of(const Cell& cell);

}  // namespace stocktracker::inline v0::json
