// The table of networks that are not the public internet.
#include "http/special_networks.hpp"

#include <algorithm>

namespace stocktracker::inline v0::http {
namespace {

using Bytes = std::span<const unsigned char>;

// IANA's registries of special-purpose addresses, without the rows that are globally reachable.
constexpr SpecialNetwork kVersion4[] = {
    {{0}, 8, "RFC 791, this network"},
    {{10}, 8, "RFC 1918, private"},
    {{100, 64}, 10, "RFC 6598, shared by carriers; some clouds keep metadata here"},
    {{127}, 8, "RFC 1122, loopback"},
    {{168, 63, 129, 16}, 32, "Azure documentation, services of the virtual machine's host"},
    {{169, 254}, 16, "RFC 3927, link-local; metadata of most clouds"},
    {{172, 16}, 12, "RFC 1918, private"},
    {{192, 0, 0}, 24, "RFC 6890, protocol assignments"},
    {{192, 0, 2}, 24, "RFC 5737, documentation"},
    {{192, 88, 99}, 24, "RFC 7526, relays of 6to4"},
    {{192, 168}, 16, "RFC 1918, private"},
    {{198, 18}, 15, "RFC 2544, benchmarks"},
    {{198, 51, 100}, 24, "RFC 5737, documentation"},
    {{203, 0, 113}, 24, "RFC 5737, documentation"},
    {{224}, 4, "RFC 5771, multicast"},
    {{240}, 4, "RFC 1112, reserved, and 255.255.255.255, RFC 919, broadcast"},
};

constexpr SpecialNetwork kVersion6[] = {
    {{}, 128, "RFC 4291, unspecified"},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, "RFC 4291, loopback"},
    {{}, 96, "RFC 4291, compatible with version 4, withdrawn"},
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, "RFC 8215, local translation to version 4"},
    {{0x01, 0x00}, 64, "RFC 6666, discarded"},
    {{0x20, 0x01}, 23, "RFC 2928, protocol assignments, Teredo (RFC 4380) among them"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "RFC 3849, documentation"},
    {{0x3f, 0xff}, 20, "RFC 9637, documentation"},
    {{0x5f, 0x00}, 16, "RFC 9602, segment routing"},
    {{0xfc}, 7, "RFC 4193, private"},
    {{0xfe, 0x80}, 10, "RFC 4291, link-local"},
    {{0xfe, 0xc0}, 10, "RFC 3879, site-local, withdrawn"},
    {{0xff}, 8, "RFC 4291, multicast"},
};

constexpr SpecialNetwork kGlobalUnicast = {{0x20}, 3, "RFC 4291, the part that is assigned at all"};
constexpr SpecialNetwork kUnassigned = {{}, 0, "RFC 4291, not assigned"};
constexpr SpecialNetwork kMapped = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, "RFC 4291, mapped version 4"};
constexpr SpecialNetwork kNat64 = {{0x00, 0x64, 0xff, 0x9b}, 96, "RFC 6052, translation to version 4"};
constexpr SpecialNetwork k6to4 = {{0x20, 0x02}, 16, "RFC 3056, tunnel to version 4"};

constexpr bool holds(const SpecialNetwork& network, Bytes address) noexcept {
  const auto full = static_cast<std::size_t>(network.bits / 8);
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(full), network.address.begin())) {
    return false;
  }
  const int rest = network.bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned char>(0xff << (8 - rest));
  return (address[full] & mask) == (network.address[full] & mask);
}

const SpecialNetwork* row_of(std::span<const SpecialNetwork> table, Bytes address) noexcept {
  const auto found = std::ranges::find_if(table, [&](const SpecialNetwork& row) { return holds(row, address); });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

const SpecialNetwork* special_network_of(Bytes address) noexcept {
  if (address.size() == 4) return row_of(kVersion4, address);
  if (address.size() != 16) return &kUnassigned;
  if (holds(kMapped, address) || holds(kNat64, address)) return row_of(kVersion4, address.subspan(12, 4));
  if (const SpecialNetwork* row = row_of(kVersion6, address)) return row;
  if (holds(k6to4, address)) return row_of(kVersion4, address.subspan(2, 4));
  return holds(kGlobalUnicast, address) ? nullptr : &kUnassigned;
}

}  // namespace stocktracker::inline v0::http
