/// @file
/// CommonPasswords: a list of words that nobody may choose as a password.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>

namespace stocktracker::inline v0 {

/// Immutable; thread-safe.
///
/// @code
/// // Of Debian's package cracklib-runtime: about 54,000 words.
/// STK_TRY(const auto common, st::CommonPasswords::from_file("/usr/share/dict/cracklib-small"));
/// if (common.contains(secret)) std::puts("choose another one");
/// @endcode
class STK_API CommonPasswords {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;  ///< of a file

  /// One word a line. Letter case of ASCII is ignored, empty lines are skipped. Errc::io_failed if the file
  /// cannot be read, Errc::invalid_text if it has more than kMostBytes or no word; both with the field "path".
  [[nodiscard]] static Result<CommonPasswords> from_file(const std::string& path);
  explicit CommonPasswords(std::vector<std::string> words);

  /// The complete password, not a part of it.
  [[nodiscard]] bool contains(const Secret& password) const;
  [[nodiscard]] std::size_t size() const noexcept { return words_.size(); }

 private:
  std::vector<std::string> words_;  ///< small letters, sorted, each once
};

}  // namespace stocktracker::inline v0
