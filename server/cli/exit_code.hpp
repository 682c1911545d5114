// Exit codes of the process, and what each means.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <stocktracker/core/error.hpp>
#include <stocktracker/sync/run.hpp>

namespace server {

enum ExitCode : int {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,
  kNotFound = 3,
  kDamaged = 4,
  kUnavailable = 5,
  kDenied = 6,
  kPartial = 10,
  kSourcesDenied = 11,
  kThrottled = 12,
  kHeld = 13,
  kCancelled = 130,
};

// What a code means to a script.
struct ExitMeaning {
  ExitCode code;
  std::string_view meaning;
  bool only_sync = false;
};

// Every code with its meaning, once, ascending. A test compares the table in docs/configuration.md with it.
[[nodiscard]] std::span<const ExitMeaning> exit_meanings() noexcept;

// The meanings as lines of --help.
[[nodiscard]] std::string exit_code_help();

[[nodiscard]] ExitCode exit_code_of(const stocktracker::Error& error) noexcept;

// Ok only if every source was read and applied. Otherwise the code that needs a person most: held, denied, throttled,
// partial; kUnavailable if no source was read.
[[nodiscard]] ExitCode exit_code_of(const stocktracker::SyncRun& run) noexcept;

// Of two accounts' codes, the one that needs a person most: a held answer is not hidden by another account
// with a marketplace that is out of service.
[[nodiscard]] ExitCode most_urgent(ExitCode one, ExitCode other) noexcept;

// Writes two lines to standard error, the reason and what to do next, and returns the code. `subject` is named where
// one command works on several things: "tenant 1b4e...", "account main".
ExitCode report(const stocktracker::Error& error, std::string_view subject = {});

}  // namespace server
