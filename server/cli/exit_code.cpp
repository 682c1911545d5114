// Translates errors and runs into exit codes.
#include "server/cli/exit_code.hpp"

#include <cstdio>

#include "server/render/terminal.hpp"

namespace server {
namespace {

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

ExitCode exit_code_of(const stocktracker::Error& error) noexcept {
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

ExitCode report(const stocktracker::Error& error) {
  const bool unset = error.errc() == stocktracker::Errc::tenant_unset;
  emitf(stderr, "stocktracker: %s%s\n", error.text().c_str(), unset ? "; choose a tenant: add --tenant NAME" : "");
  return exit_code_of(error);
}

}  // namespace server
