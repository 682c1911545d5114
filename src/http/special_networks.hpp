/// @file
/// Which addresses are not of the public internet: private, loopback, link-local and other special networks.
#pragma once

#include <array>
#include <span>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0::http {

/// A network that no request for a tenant may enter. Addresses of version 4 use the first four bytes.
struct SpecialNetwork {
  std::array<unsigned char, 16> address;
  int bits;            ///< length of the prefix
  const char* source;  ///< the document that reserves it
};

/// The special network that an address belongs to; null for an address of the public internet. `address` are 4 or 16
/// bytes in network order; any other size is special. An address of version 6 that embeds one of version 4 (mapped,
/// NAT64, 6to4) is judged by that.
[[nodiscard]] const SpecialNetwork* special_network_of(std::span<const unsigned char> address) noexcept;

}  // namespace stocktracker::inline v0::http
