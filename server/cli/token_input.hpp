// Reads a token from the environment or from standard input, never from the command line.
#pragma once

#include <stop_token>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>

namespace server {

// The variable, which is then wiped, or the first line of standard input, without echo on a terminal. Ends with
// Errc::cancelled at once when `stop` is requested, whatever was typed until then.
[[nodiscard]] stocktracker::Result<stocktracker::Secret> read_token(const char* variable, const std::stop_token& stop);

// Switches echo on again and drops what was typed so far. For the thread that ends the process while a token is being
// read; does nothing otherwise.
void show_typing() noexcept;

}  // namespace server
