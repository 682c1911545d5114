// Destructors of Clock, Random, KeyProvider and Sealer, and the default functions of KeyProvider and Sealer.
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/key_provider.hpp>
#include <stocktracker/ports/random.hpp>

namespace stocktracker::inline v0 {

// Destructors of the small interfaces, and defaults of optional functions.
Clock::~Clock() = default;
Random::~Random() = default;
KeyProvider::~KeyProvider() = default;
Sealer::~Sealer() = default;

Result<std::vector<std::string>> KeyProvider::ids() {
  STK_TRY(const auto key, current());
  return std::vector<std::string>{key.id};
}
Result<std::string> KeyProvider::make_current() {
  return Error(Errc::unsupported, "the keys come from outside: add the new key there, as the first one");
}
Result<std::string> Sealer::key_id(std::string_view) const {
  return Error(Errc::unsupported, "this sealer does not report which key has sealed a text");
}

}  // namespace stocktracker::inline v0
