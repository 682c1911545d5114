/// @file
/// Passwords with bcrypt.
#pragma once

#include <memory>

#include <stocktracker/identity/password_hasher.hpp>

namespace stocktracker::inline v0 {

struct BcryptOptions {
  /// 2 to the power of it rounds: 12 takes about a quarter of a second. 10 to 16; 4 to 9 only for tests, which hash
  /// often.
  int cost = 12;
  bool allow_low_cost = false;  ///< permits 4 to 9

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// bcrypt by libxcrypt ("$2b$"); it also verifies the texts "$2a$" and "$2y$" of other programs. Passwords of more than
/// 72 bytes, or with a zero byte, are refused: bcrypt ignores what follows.
[[nodiscard]] STK_API Result<std::shared_ptr<PasswordHasher>> make_bcrypt(const BcryptOptions& options = {});

}  // namespace stocktracker::inline v0
