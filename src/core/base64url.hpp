// Base64 for URLs without padding (RFC 4648, section 5), as tokens have it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

/// Exported, but not installed: for the library's own add-ons and contract suites.
STK_API void append_base64url(std::string& out, std::string_view bytes);
[[nodiscard]] STK_API std::string base64url(std::string_view bytes);

/// Only what the encoder writes: padding, other characters and unused bits that are set are refused, so that no two
/// texts mean the same bytes.
[[nodiscard]] STK_API std::optional<std::string> from_base64url(std::string_view text);
/// The same into `out`, which has room for three quarters of the text; how many bytes it is.
[[nodiscard]] STK_API std::optional<std::size_t> read_base64url(std::string_view text, std::span<char> out) noexcept;

}  // namespace stocktracker::inline v0
