// Where a token comes from: the environment or standard input, never the command line.
#pragma once

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>

namespace server {

// The variable, which is wiped, or the first line of standard input, unseen on a terminal.
[[nodiscard]] stocktracker::Result<stocktracker::Secret> read_token(const char* variable);

}  // namespace server
