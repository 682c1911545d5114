/// The text form of keys: one line per key, `ID BASE64-OF-32-BYTES`. Key files, variables and commands share it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/error.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/key_provider.hpp>

namespace stocktracker::inline v0 {

/// Of AES-256.
inline constexpr std::size_t kKeyBytes = 32;
/// Upper limit for a key file or the output of a command.
inline constexpr std::size_t kLargestKeyText = 64 * 1024;

/// `origin` is "key file <path>", the name of a variable, or "key command <program>".
[[nodiscard]] Error key_refused(Errc code, const std::string& origin, std::string_view what);

/// In the order of the lines, the current one first. Errors name the line, never its key.
[[nodiscard]] Result<std::vector<SealingKey>> parse_keys(std::string_view text, const std::string& origin);

/// Errc::key_missing, with the remedy, if it is not among them.
[[nodiscard]] Result<SealingKey> key_named(const std::vector<SealingKey>& keys, std::string_view id,
                                           const std::string& origin);
[[nodiscard]] SealingKey copy_of(const SealingKey& key);
[[nodiscard]] std::vector<std::string> ids_of(const std::vector<SealingKey>& keys);

/// The line of a fresh key with an id that none of `keys` has; ends with a newline.
[[nodiscard]] Result<Secret> fresh_key_line(const std::vector<SealingKey>& keys);

}  // namespace stocktracker::inline v0
