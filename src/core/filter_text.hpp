/// Texts by which a caller searches: a text that no store takes is refused before a statement has it, on every
/// database.
#pragma once

#include <string_view>

#include <stocktracker/core/problems.hpp>
#include <stocktracker/core/result.hpp>

#include "core/storable_text.hpp"

namespace stocktracker::inline v0 {

inline constexpr std::string_view kFilterText = "must be UTF-8 without zero bytes";

/// True for a text of any length that can be compared with stored ones. The empty text is one.
[[nodiscard]] inline bool is_filter_text(std::string_view text) noexcept { return is_storable(text, text.size()); }

/// Adds what is wrong with the member `field` of a query.
inline void require_filter_text(Problems& problems, std::string_view text, std::string_view field) {
  if (!is_filter_text(text)) problems.add(field, kFilterText);
}

/// The same for an argument of its own.
[[nodiscard]] inline Result<void> check_filter_text(std::string_view text, std::string_view field) {
  if (is_filter_text(text)) return success();
  return Error(Errc::invalid_argument, std::string(kFilterText)).about(field);
}

}  // namespace stocktracker::inline v0
