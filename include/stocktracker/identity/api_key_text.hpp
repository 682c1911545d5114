/// @file
/// The text of an API key: what a program sends, with an id that may be seen and a secret that may not.
#pragma once

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>
#include <stocktracker/core/uuid.hpp>

namespace stocktracker::inline v0 {

/// `stk_live_ID_SECRET`: 22 characters of id and 43 of secret (128 and 256 bits in base 62), then 6 of checksum (CRC-32
/// of all before it), so that a mistyped or cut key is recognised without a query, and a scanner finds keys in the
/// wrong places.
///
/// @code
/// // 32 random bytes, in truth.
/// STK_TRY(const auto made, st::ApiKeyText::of(st::Uuid(), st::Secret(std::string(32, 's'))));
/// STK_TRY(const auto key, st::ApiKeyText::parse(made.text()));
/// // The id finds the stored key; then the digest of key.secret() is compared with the stored one.
/// std::puts(key.id().text().c_str());
/// @endcode
class STK_API ApiKeyText {
 public:
  static constexpr std::size_t kSecretBytes = 32;

  /// `secret` has kSecretBytes random bytes; Errc::invalid_argument if it has not.
  [[nodiscard]] static Result<ApiKeyText> of(Uuid id, Secret secret);
  /// Errc::invalid_text, field "key", without the text, if it is not exactly what `text` makes.
  [[nodiscard]] static Result<ApiKeyText> parse(const Secret& text);

  [[nodiscard]] Uuid id() const noexcept { return id_; }
  /// The random bytes. Valid while this lives.
  [[nodiscard]] const Secret& secret() const& noexcept { return secret_; }
  const Secret& secret() const&& = delete;
  /// Shown to its owner once.
  [[nodiscard]] Secret text() const;

 private:
  ApiKeyText(Uuid id, Secret secret) noexcept : id_(id), secret_(std::move(secret)) {}
  Uuid id_;
  Secret secret_;
};

}  // namespace stocktracker::inline v0
