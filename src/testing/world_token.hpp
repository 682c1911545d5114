// Tokens of the marketplace: JWTs. Only their form and their expiry are looked at; a world has no key to check against.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/core/time.hpp>

#include "testing/world_catalogue.hpp"

namespace stocktracker::inline v0::testing::world {

[[nodiscard]] std::string make_token(const Catalogue& catalogue, Instant issued, Instant expires);

// Why the token is refused, in the vendor's words; empty when it is accepted.
[[nodiscard]] std::string refuse_token(std::string_view token, Instant now);

}  // namespace stocktracker::inline v0::testing::world
