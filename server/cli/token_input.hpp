// Where a token comes from: the environment or standard input, never the command line.
#pragma once

#include <stop_token>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>

namespace server {

// The variable, which is wiped, or the first line of standard input, unseen on a terminal. Ends with Errc::cancelled
// at once when `stop` is set, whatever was typed until then.
[[nodiscard]] stocktracker::Result<stocktracker::Secret> read_token(const char* variable, const std::stop_token& stop);

// What is typed is shown again, and what was typed so far is dropped. For the thread that ends the process while a
// token is being read; does nothing otherwise.
void show_typing() noexcept;

}  // namespace server
