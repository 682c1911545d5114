// Turns Ctrl-C into a stop token.
#pragma once

#include <stop_token>
#include <thread>

namespace server {

// Handles SIGINT, SIGTERM and SIGHUP for the complete process; create it before any other thread starts. The first
// signal requests a stop; the second ends the process at once with code 130 and restores the terminal. SIGQUIT ends the
// process as usual, with the terminal restored.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  [[nodiscard]] std::stop_token token() const noexcept { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::thread waiter_;
};

}  // namespace server
