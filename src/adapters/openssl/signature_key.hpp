// Keys that sign and verify.
#pragma once

#include <memory>

#include <stocktracker/ports/crypto.hpp>

namespace stocktracker::inline v0::openssl {

[[nodiscard]] Result<std::shared_ptr<const SigningKey>> make_signing_key(SignatureAlgorithm algorithm, int bits);
[[nodiscard]] Result<std::shared_ptr<const SigningKey>> read_signing_key(SignatureAlgorithm algorithm,
                                                                         const Secret& pem);
[[nodiscard]] Result<std::shared_ptr<const VerifyingKey>> read_verifying_key(SignatureAlgorithm algorithm,
                                                                             std::string_view pem);
[[nodiscard]] Result<std::shared_ptr<const VerifyingKey>> verifying_key_of(const PublicKeyNumbers& numbers);

}  // namespace stocktracker::inline v0::openssl
