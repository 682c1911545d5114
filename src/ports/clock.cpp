#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/key_provider.hpp>
#include <stocktracker/ports/random.hpp>

namespace stocktracker::inline v0 {

// Anchors of the small interfaces.
Clock::~Clock() = default;
Random::~Random() = default;
KeyProvider::~KeyProvider() = default;
Sealer::~Sealer() = default;

}  // namespace stocktracker::inline v0
