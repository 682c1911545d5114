// A program that uses the installed library.
#include <cstdio>

#include <stocktracker/core/time_text.hpp>
#include <stocktracker/version.hpp>

int main() {
  const auto at = stocktracker::parse_rfc3339("2026-11-21T09:00:00+03:00");
  std::printf("stocktracker %s, %s\n", stocktracker::version(), stocktracker::to_rfc3339(at.value()).c_str());
  return at ? 0 : 1;
}
