/// @file
/// PasswordHasher: makes and checks the stored form of a password, slowly on purpose.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>

namespace stocktracker::inline v0 {

/// Thread-safe. A call takes as long as its cost says, on the calling thread: run it where it stalls nobody.
///
/// @code
/// STK_TRY(const auto hasher, st::make_bcrypt());  // adapters/bcrypt.hpp
/// STK_TRY(const std::string stored, hasher->hash(secret));
/// STK_TRY(const bool right, hasher->verify(secret, stored));
/// if (right && hasher->is_outdated(stored)) std::puts("hash it again, and store that");
/// @endcode
class STK_API PasswordHasher {
 public:
  PasswordHasher() = default;
  PasswordHasher(const PasswordHasher&) = delete;
  PasswordHasher& operator=(const PasswordHasher&) = delete;
  virtual ~PasswordHasher();

  /// Errc::invalid_argument, field "password", if the hasher would ignore a part of the password.
  [[nodiscard]] virtual Result<std::string> hash(const Secret& password) const = 0;
  /// Is it the password of the stored text? A password that `hash` refuses is nobody's: false. Errc::invalid_text if
  /// the stored text is none of the hasher's.
  [[nodiscard]] virtual Result<bool> verify(const Secret& password, std::string_view stored) const = 0;
  /// Does the stored text have another cost than `hash` gives now? Then hash the password again when it is known.
  [[nodiscard]] virtual bool is_outdated(std::string_view stored) const noexcept = 0;
};

}  // namespace stocktracker::inline v0
