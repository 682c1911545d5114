/// Addresses that are not on the public internet: private, loopback, link-local and other special networks.
#pragma once

#include <array>
#include <span>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0::http {

/// A network that no request for a tenant may reach. IPv4 addresses use the first four bytes.
struct SpecialNetwork {
  std::array<unsigned char, 16> address;
  int bits;            ///< length of the prefix
  const char* source;  ///< the document that reserves it
};

/// The special network of an address; null for an address on the public internet. `address` has 4 or 16 bytes in
/// network order; any other size counts as special. An IPv6 address that embeds an IPv4 address (mapped, NAT64, 6to4)
/// is treated as the embedded one.
[[nodiscard]] const SpecialNetwork* special_network_of(std::span<const unsigned char> address) noexcept;

}  // namespace stocktracker::inline v0::http
