// Exit codes of the process, as documented in docs/configuration.md and in --help.
#pragma once

#include <stocktracker/core/error.hpp>
#include <stocktracker/sync/run.hpp>

namespace server {

enum ExitCode : int {
  kOk = 0,
  kFailed = 1,          // every error without its own code
  kUsage = 2,           // wrong options or values
  kNotFound = 3,        // no such store, account or offer
  kDamaged = 4,         // the store fails its checks
  kUnavailable = 5,     // busy, full or out of service: try again
  kDenied = 6,          // permissions of files or keys
  kPartial = 10,        // sync: some sources failed or were not attempted, the others were applied
  kSourcesDenied = 11,  // sync: the marketplace does not accept the credentials of a source
  kThrottled = 12,      // sync: a limit; the report says when to try again
  kHeld = 13,           // sync: an answer would set too much to 0 and waits for a person
  kCancelled = 130,     // stopped by Ctrl-C
};

[[nodiscard]] ExitCode exit_code_of(const stocktracker::Error& error) noexcept;

// Ok only if every source was read and applied. Otherwise the code that needs a person most: held, denied, throttled,
// partial; kUnavailable if no source was read.
[[nodiscard]] ExitCode exit_code_of(const stocktracker::SyncRun& run) noexcept;

// Of two accounts' codes, the one that needs a person most: an answer that is held is not hidden by another account
// whose marketplace is out of service.
[[nodiscard]] ExitCode most_urgent(ExitCode one, ExitCode other) noexcept;

// Writes one line to standard error, and returns the code.
[[nodiscard]] ExitCode report(const stocktracker::Error& error);

}  // namespace server
