// Tokens of the marketplace: JWTs. Only their form, expiry and rights are checked; a world has no key to verify
// signatures with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <stocktracker/core/time.hpp>

#include "testing/world/core/catalogue.hpp"

namespace stocktracker::inline v0::testing::world {

[[nodiscard]] std::string make_token(const Catalogue& catalogue, Instant issued, const WildberriesToken& shape);

// What a request may do.
struct TokenRights {
  std::string refusal;  // in the vendor's words; empty when the token is accepted
  std::string seller;
  std::int64_t type = 0;
  std::int64_t categories = 0;  // bit mask
};

// Positions in the bit mask.
inline constexpr int kContentBit = 1;
inline constexpr int kAnalyticsBit = 2;
inline constexpr int kPricesBit = 3;
inline constexpr int kMarketplaceBit = 4;

[[nodiscard]] TokenRights read_token(std::string_view token, Instant now);

}  // namespace stocktracker::inline v0::testing::world
