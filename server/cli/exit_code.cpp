// Translates errors and runs into exit codes, and says what each code means.
#include "server/cli/exit_code.hpp"

#include <array>
#include <cstdio>
#include <string>

#include "server/render/failure.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

constexpr std::size_t kHelpWidth = 100;

constexpr std::array kMeanings{
    ExitMeaning{kOk, "ok"},
    ExitMeaning{kFailed, "failed"},
    ExitMeaning{kUsage, "wrong usage"},
    ExitMeaning{kNotFound, "not found"},
    ExitMeaning{kDamaged, "store damaged or of another version"},
    ExitMeaning{kUnavailable, "busy or out of service (try again)"},
    ExitMeaning{kDenied, "permission denied"},
    ExitMeaning{kPartial, "partial", true},
    ExitMeaning{kSourcesDenied, "denied", true},
    ExitMeaning{kThrottled, "throttled", true},
    ExitMeaning{kHeld, "held", true},
    ExitMeaning{kCancelled, "stopped by Ctrl-C"},
};

// "0 ok, 1 failed, ...", in lines that are not too long.
std::string listed(std::string line, bool only_sync) {
  std::string done;
  bool first = true;
  for (const ExitMeaning& one : kMeanings) {
    if (one.only_sync != only_sync) continue;
    const std::string entry = std::to_string(one.code) + " " + std::string(one.meaning);
    if (!first && line.size() + entry.size() + 3 > kHelpWidth) {
      done += line + ",\n";
      line = entry;
    } else {
      line += (first ? " " : ", ") + entry;
    }
    first = false;
  }
  return done + line + ".";
}

int urgency(ExitCode code) noexcept {
  switch (code) {
    case kOk:
      return 0;
    case kPartial:
      return 1;
    case kUnavailable:
      return 2;
    case kThrottled:
      return 3;
    case kSourcesDenied:
      return 4;
    case kHeld:
      return 5;
    default:
      return 6;
  }
}

}  // namespace

std::span<const ExitMeaning> exit_meanings() noexcept { return kMeanings; }

std::string exit_code_help() { return listed("Exit codes:", false) + "\n" + listed("sync:", true); }

ExitCode exit_code_of(const stocktracker::Error& error) noexcept {
  // A name that is taken stays taken: trying again does not help.
  if (error.errc() == stocktracker::Errc::already_exists) return kUsage;
  switch (error.kind()) {
    case stocktracker::ErrorKind::invalid:
      return kUsage;
    case stocktracker::ErrorKind::not_found:
      return kNotFound;
    case stocktracker::ErrorKind::corrupt:
    case stocktracker::ErrorKind::unsupported:
      return kDamaged;
    case stocktracker::ErrorKind::unavailable:
    case stocktracker::ErrorKind::timeout:
    case stocktracker::ErrorKind::conflict:
    case stocktracker::ErrorKind::rate_limited:
      return kUnavailable;
    case stocktracker::ErrorKind::denied:
    case stocktracker::ErrorKind::unauthenticated:
    case stocktracker::ErrorKind::quota_exhausted:
      return kDenied;
    case stocktracker::ErrorKind::cancelled:
      return kCancelled;
    default:
      return kFailed;
  }
}

ExitCode exit_code_of(const stocktracker::SyncRun& run) noexcept {
  using stocktracker::SourceState;
  bool held = false;
  bool denied = false;
  bool throttled = false;
  bool fetched = false;
  bool missing = false;
  for (const auto& source : run.sources) {
    held = held || source.disposition == stocktracker::Disposition::held;
    denied = denied || source.state == SourceState::denied;
    throttled = throttled || source.state == SourceState::throttled;
    fetched = fetched || source.state == SourceState::ok;
    // A warehouse that the marketplace does not list any more is an answer, not a gap.
    missing = missing || (source.state != SourceState::ok && source.state != SourceState::gone);
  }
  if (held) return kHeld;
  if (denied) return kSourcesDenied;
  if (throttled) return kThrottled;
  if (!missing) return kOk;
  return fetched ? kPartial : kUnavailable;
}

ExitCode most_urgent(ExitCode one, ExitCode other) noexcept { return urgency(other) > urgency(one) ? other : one; }

ExitCode report(const stocktracker::Error& error, std::string_view subject) {
  const FailureText text = failure_text(error);
  const std::string about = subject.empty() ? std::string() : shown(subject) + ": ";
  emitf(stderr, "stocktracker: %s%s%s\n  %s\n", about.c_str(), text.reason.c_str(), text.support.c_str(),
        text.next_step.c_str());
  return exit_code_of(error);
}

}  // namespace server
