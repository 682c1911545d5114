// The key function of PasswordHasher.
#include <stocktracker/identity/password_hasher.hpp>

namespace stocktracker::inline v0 {

PasswordHasher::~PasswordHasher() = default;

}  // namespace stocktracker::inline v0
