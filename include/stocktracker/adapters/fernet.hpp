/// @file
/// Reading Fernet tokens, for sellers who come from a system that stored its tokens in this form. Nothing is written.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// @code
/// const st::Secret key = st::Secret::copy_of("...");  // 44 characters of base64url, from the other system
/// STK_TRY(const st::Secret token, st::open_fernet(text, key));
/// @endcode
struct FernetOptions {
  /// Largest age of a token. Nullopt: any age, and the token's time is ignored; use this for stored credentials.
  std::optional<Duration> ttl{};
  /// The present time; needed with `ttl`. A token that is more than 60 s ahead of it is refused.
  std::optional<Instant> now{};
};

/// Decrypts a token (https://github.com/fernet/spec, version 0x80). `keys` are the other system's keys in its own form,
/// 44 characters of base64url; each is tried. Nothing is decrypted before the token's signature has been verified.
/// Errc::key_malformed: a key has another form. Errc::invalid_text: not a Fernet token (base64url with padding).
/// Errc::seal_broken: none of the keys has sealed it, or it was changed. Errc::invalid_argument (field "ttl"): sealed,
/// but too old or from the future. Errors show nothing of the token or a key.
[[nodiscard]] STK_API Result<Secret> open_fernet(std::string_view token, std::span<const Secret> keys,
                                                 const FernetOptions& options = {});
/// The same with one key.
[[nodiscard]] STK_API Result<Secret> open_fernet(std::string_view token, const Secret& key,
                                                 const FernetOptions& options = {});

}  // namespace stocktracker::inline v0
