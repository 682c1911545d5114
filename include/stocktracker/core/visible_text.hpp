/// @file
/// Makes text from outside safe to show in a terminal, a log line or a message.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

/// The text on one line, without characters that control a terminal or deceive a reader: control characters (C0, DEL
/// and C1), line and paragraph separators, and marks that change the direction of writing become blanks. Bytes that are
/// not UTF-8 become "?". It does not escape for HTML, Markdown or SQL.
[[nodiscard]] STK_API std::string visible(std::string_view text);

}  // namespace stocktracker::inline v0
