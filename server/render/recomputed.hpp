// What a recomputation of products did, for people.
#pragma once

#include <string>

#include "server/app/recompute.hpp"

namespace server {

// "rows changed: 3 (tenants: 2)".
[[nodiscard]] std::string recomputed_text(const Recomputed& done);

}  // namespace server
