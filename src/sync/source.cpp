// Names of states and dispositions, reasons of failures.
#include <stocktracker/sync/source.hpp>

namespace stocktracker::inline v0 {

const char* to_string(SourceState state) noexcept {
  switch (state) {
    case SourceState::ok:
      return "ok";
    case SourceState::stale:
      return "stale";
    case SourceState::throttled:
      return "throttled";
    case SourceState::denied:
      return "denied";
    case SourceState::failed:
      return "failed";
    case SourceState::gone:
      return "gone";
  }
  return "failed";
}

const char* to_string(Disposition disposition) noexcept {
  switch (disposition) {
    case Disposition::not_applied:
      return "not_applied";
    case Disposition::applied:
      return "applied";
    case Disposition::held:
      return "held";
  }
  return "not_applied";
}

SourceState state_of(const Error& error) noexcept {
  if (error.errc() == Errc::breaker_open && error.details().cause) return state_of(*error.details().cause);
  switch (error.kind()) {
    case ErrorKind::rate_limited:
      return SourceState::throttled;
    case ErrorKind::unauthenticated:
    case ErrorKind::denied:
    case ErrorKind::quota_exhausted:
      return SourceState::denied;
    default:
      return SourceState::failed;
  }
}

}  // namespace stocktracker::inline v0
