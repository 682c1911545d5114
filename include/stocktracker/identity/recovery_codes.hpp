/// @file
/// Recovery codes: each replaces the second factor once, when a user has lost it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>
#include <stocktracker/ports/crypto.hpp>

namespace stocktracker::inline v0 {

/// What is shown, and what is stored; the same place in both lists is the same code.
struct RecoveryCodes {
  std::vector<Secret> texts{};        ///< "7ZK4M-0QHXW": shown to the user once
  std::vector<std::string> hashes{};  ///< SHA-256 of owner and code, in lower-case hexadecimal
};

/// Ten codes of 50 random bits, in Crockford's base 32. `owner` is the user's id or the like: a stored hash of one user
/// is of no use for another.
///
/// @code
/// const auto crypto = st::make_crypto();
/// STK_TRY(const auto codes, st::make_recovery_codes(*crypto, "u-17"));
/// // Later: remove the hash from the stored ones; if it was among them, the code is good.
/// STK_TRY(const auto hash, st::recovery_code_hash(*crypto, "u-17", secret));
/// @endcode
[[nodiscard]] STK_API Result<RecoveryCodes> make_recovery_codes(const Crypto& crypto, std::string_view owner);

/// The stored form of a typed code. Case, blanks and hyphens do not matter; O is read as 0, I and L as 1. nullopt if it
/// is no code: nobody's. Limit the attempts.
[[nodiscard]] STK_API Result<std::optional<std::string>> recovery_code_hash(const Crypto& crypto,
                                                                            std::string_view owner,
                                                                            const Secret& typed);

}  // namespace stocktracker::inline v0
