// Waits that double after each failed sign-in.
#include <stocktracker/identity/sign_in_limit.hpp>

#include <algorithm>
#include <limits>

namespace stocktracker::inline v0 {
namespace {

bool is_forgotten(const SignInFailures& failures, const SignInRule& rule, Instant now) noexcept {
  return failures.count <= 0 || (now > failures.last && now - failures.last >= rule.forgotten);
}

Duration wait_after(std::int64_t count, const SignInRule& rule) noexcept {
  Duration wait = rule.first;
  for (std::int64_t extra = count - rule.free; extra > 1 && wait < rule.most; --extra) wait *= 2;
  return std::min(wait, rule.most);
}

}  // namespace

Instant next_sign_in(const SignInFailures& failures, const SignInRule& rule, Instant now) noexcept {
  if (is_forgotten(failures, rule, now) || failures.count <= rule.free) return now;
  if (failures.last - rule.most > now) return now;  // stored by a clock that was ahead: the wait may be over for hours
  return std::max(now, failures.last + wait_after(failures.count, rule));
}

SignInFailures after_failure(const SignInFailures& failures, const SignInRule& rule, Instant now) noexcept {
  if (is_forgotten(failures, rule, now)) return {1, now};
  const std::int64_t count = std::min(failures.count, std::numeric_limits<std::int64_t>::max() - 1) + 1;
  return {count, now};
}

}  // namespace stocktracker::inline v0
