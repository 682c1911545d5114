/// @file
/// The contract suite of Crypto. An implementation is complete when it passes.
#pragma once

#include <stocktracker/ports/crypto.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// Published vectors of each algorithm (FIPS 180-4, RFC 2202, 4231, 5869, 5903, 7515, 7748, 8032, 8439, McGrew's
/// AES-GCM), then:
/// - what one key signs, seals or agrees on, no other key, nonce, text or associated data accepts; one changed bit
///   anywhere is refused.
/// - keys of other algorithms, curves and sizes, points that are not on the curve, and texts that are no keys are
///   refused with the code that ports/crypto.hpp names; no error contains a key.
/// - a key is used by several threads at once.
STK_API void crypto_contract(const Crypto& crypto, Check& check);

}  // namespace stocktracker::inline v0::testing
