/// @file
/// TotpKey: the second factor that authenticator programs compute, a code of six digits that changes each 30 seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/ports/crypto.hpp>

namespace stocktracker::inline v0 {

/// RFC 6238 with HMAC-SHA-1, six digits and steps of 30 seconds: the only form that every authenticator program
/// computes. Thread-safe for reading.
///
/// @code
/// const auto crypto = st::make_crypto();
/// STK_TRY(const auto key, st::TotpKey::make(*crypto));
/// STK_TRY(const st::Secret uri, key.uri("shop.example", "anna@shop.example"));  // shown as a QR code, once
/// std::optional<std::int64_t> last_step;  // stored with the key
/// STK_TRY(const auto step, key.verify("123456", clock->now(), last_step));
/// if (!step) std::puts("wrong code, or one that was used already");
/// @endcode
class STK_API TotpKey {
 public:
  static constexpr std::size_t kBytes = 20;  ///< of a fresh key: the size of HMAC-SHA-1's result (RFC 4226, section 4)

  [[nodiscard]] static Result<TotpKey> make(const Crypto& crypto);
  /// Of 16 to 64 bytes, as `bytes` gave them; otherwise Errc::invalid_argument, field "key".
  [[nodiscard]] static Result<TotpKey> of(Secret bytes);

  /// Stored sealed. Valid while this lives.
  [[nodiscard]] const Secret& bytes() const& noexcept { return bytes_; }
  const Secret& bytes() const&& = delete;

  /// The step of the code if it is the code of this step, of the one before or of the one after, and the step is newer
  /// than `last_step`, the one that was accepted last; nullopt otherwise. The caller stores the step that it gets, in
  /// the transaction that accepts the sign-in: so a code works once. One blank between the digits is accepted. Six
  /// digits can be guessed: limit the attempts.
  [[nodiscard]] Result<std::optional<std::int64_t>> verify(std::string_view code, Instant now,
                                                           std::optional<std::int64_t> last_step) const;
  /// The code at an instant, as the user's program shows it: for tests and simulations.
  [[nodiscard]] Result<Secret> code(Instant at) const;
  /// `otpauth://totp/...`, which authenticator programs read from a QR code; it contains the key. `issuer` and
  /// `account` have 1 to 120 bytes and no colon; otherwise Errc::invalid_argument with their field.
  [[nodiscard]] Result<Secret> uri(std::string_view issuer, std::string_view account) const;
  /// The key in base 32, for users who type it.
  [[nodiscard]] Result<Secret> text() const;

 private:
  explicit TotpKey(Secret bytes) noexcept : bytes_(std::move(bytes)) {}
  Secret bytes_;
};

}  // namespace stocktracker::inline v0
