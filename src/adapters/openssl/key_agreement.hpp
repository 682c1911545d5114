// Diffie-Hellman on P-256 and X25519, and HKDF.
#pragma once

#include <stocktracker/ports/crypto.hpp>

namespace stocktracker::inline v0::openssl {

[[nodiscard]] Result<AgreementKey> make_agreement_key(AgreementAlgorithm algorithm);
[[nodiscard]] Result<Secret> agree(AgreementAlgorithm algorithm, const Secret& private_key, std::string_view peer);
[[nodiscard]] Result<Secret> derive(HashAlgorithm algorithm, const Secret& key, std::string_view salt,
                                    std::string_view info, std::size_t size);

}  // namespace stocktracker::inline v0::openssl
