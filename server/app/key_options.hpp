// Where the key of stored credentials comes from: a file, a command, or the variable STOCKTRACKER_KEY.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/assembly/open.hpp>

#include "server/app/session.hpp"

namespace server {

struct KeyOptions {
  std::string file;
  std::string command;                   // split as a shell splits, without expanding anything
  std::vector<std::string> command_env;  // names of the variables that it gets beside PATH and HOME
};

// Sets what `open` needs. The order: --key-file or --key-command, STOCKTRACKER_KEY, the file beside the store.
[[nodiscard]] stocktracker::Result<void> choose_keys(stocktracker::OpenOptions& open, const Session& session,
                                                     const KeyOptions& options);

// The words of a command line: quotes and backslashes as in a shell; $, ` and * stand for themselves.
[[nodiscard]] stocktracker::Result<std::vector<std::string>> split_command(const std::string& text);

}  // namespace server
