// A case that cannot run here says so where the summary and CI see it: a line in the file that $STK_SKIPS names.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/support/catch.hpp"

// The reason is one of tests/expected_skips.txt, or CI fails. What follows it in the case must not depend on what is
// absent.
inline void skipped(const std::string& reason) {
  const std::string line = Catch::getResultCapture().getCurrentTestName() + ": " + reason + "\n";
  std::printf("SKIPPED %s", line.c_str());
  CHECK_FALSE(reason.empty());  // a case without any check fails (main.cpp)
  const char* const path = std::getenv("STK_SKIPS");
  if (path == nullptr) return;
  // One write of one line: tests run side by side.
  const int file = ::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  REQUIRE(file >= 0);
  const auto wrote = ::write(file, line.data(), line.size());
  ::close(file);
  REQUIRE(wrote == static_cast<ssize_t>(line.size()));
}
