// The source of keys for stored credentials: a file, a command, or the variable STOCKTRACKER_KEY.
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

// Sets the key options of `open`. The first of these counts: --key-file or --key-command, STOCKTRACKER_KEY, the file
// beside the store.
[[nodiscard]] stocktracker::Result<void> choose_keys(stocktracker::OpenOptions& open, const Session& session,
                                                     const KeyOptions& options);

// The error of an opened store, with the option that names another key file if the default one does not exist.
[[nodiscard]] stocktracker::Error with_key_option(stocktracker::Error error, const std::string& key_file,
                                                  const KeyOptions& options);

// The words of a command line. Quotes and backslashes work as in a shell; $, ` and * have no special meaning.
[[nodiscard]] stocktracker::Result<std::vector<std::string>> split_command(const std::string& text);

}  // namespace server
