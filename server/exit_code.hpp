// What the process tells its caller. Documented in docs/configuration.md and by --help.
#pragma once

#include <stocktracker/core/error.hpp>

namespace server {

enum ExitCode : int {
  kOk = 0,
  kFailed = 1,       // anything without a code of its own
  kUsage = 2,        // wrong options or values
  kNotFound = 3,     // no such store, account or offer
  kDamaged = 4,      // the store fails its checks
  kUnavailable = 5,  // busy, full or out of service: try again
  kDenied = 6,       // permissions of files or keys
  kCancelled = 130,  // stopped by Ctrl-C
};

[[nodiscard]] ExitCode exit_code_of(const stocktracker::Error& error) noexcept;

// One line to standard error, and the code.
[[nodiscard]] ExitCode report(const stocktracker::Error& error);

}  // namespace server
