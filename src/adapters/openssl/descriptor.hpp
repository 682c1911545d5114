/// Descriptor: an open file that closes itself.
#pragma once

#include <unistd.h>

namespace stocktracker::inline v0 {

struct Descriptor {
  explicit Descriptor(int given = -1) noexcept : value(given) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }
  void reset(int given = -1) noexcept {
    if (value >= 0) ::close(value);
    value = given;
  }
  int value;
};

}  // namespace stocktracker::inline v0
