// HMAC keys.
#pragma once

#include <memory>

#include <stocktracker/ports/crypto.hpp>

namespace stocktracker::inline v0::openssl {

/// OpenSSL's name of the digest.
[[nodiscard]] const char* name_of(HashAlgorithm algorithm) noexcept;

[[nodiscard]] Result<std::shared_ptr<const MacKey>> make_mac_key(HashAlgorithm algorithm, const Secret& key);

}  // namespace stocktracker::inline v0::openssl
