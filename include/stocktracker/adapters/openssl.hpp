/// @file
/// Sealing of stored credentials with AES-256-GCM, and the key file.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/key_provider.hpp>

namespace stocktracker::inline v0 {

struct KeyFileOptions {
  /// One line per key, `ID BASE64-OF-32-BYTES`; the first is current, the others still open old texts. Mode 0600.
  std::string path{};
  /// Make the file with a fresh key when it is missing.
  bool create = false;

  [[nodiscard]] STK_API Result<void> validate() const;
};

[[nodiscard]] STK_API Result<std::shared_ptr<KeyProvider>> make_key_file(KeyFileOptions options);
/// Keys from a text of the same form, for programs that get them from their environment: the library reads none.
/// `origin` names the variable in errors.
[[nodiscard]] STK_API Result<std::shared_ptr<KeyProvider>> make_key_text(const Secret& text, std::string_view origin);
/// `keys` must be set. Texts up to 1 MiB; a random nonce each, so one key seals at most some billions of texts.
[[nodiscard]] STK_API std::shared_ptr<Sealer> make_sealer(std::shared_ptr<KeyProvider> keys);

}  // namespace stocktracker::inline v0
