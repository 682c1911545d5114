// Names that resolve as a test wants. For executables that are built with fake_names.cpp and ENABLE_EXPORTS: their
// getaddrinfo and connect come before the system's, also for libcurl.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace fake_names {

/// `name` resolves to these addresses: to the first list the first time, to the last one from then on.
void resolve(const std::string& name, std::vector<std::vector<std::string>> answers);
/// Every name that begins with `prefix` takes this long, and is not found.
void resolve_slowly(const std::string& prefix, std::chrono::milliseconds time);
/// Connections to `address` go to this port of this machine.
void redirect(const std::string& address, int port);

/// How often the name was asked for.
[[nodiscard]] int asked(const std::string& name);
/// How many threads waited at the same time for slow names.
[[nodiscard]] int most_at_once();
/// Ends all waiting, forgets all names. Returns when no thread waits any more.
void clear();

}  // namespace fake_names
