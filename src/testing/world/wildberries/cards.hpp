// The form in which the content API writes the times of cards.
#pragma once

#include <string>

#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0::testing::world {

// RFC 3339, with as many digits of fraction as are needed: 2023-12-06T11:17:00.96577Z.
[[nodiscard]] std::string card_time(Instant at);

}  // namespace stocktracker::inline v0::testing::world
