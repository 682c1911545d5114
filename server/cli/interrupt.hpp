// Ctrl-C as a stop token.
#pragma once

#include <stop_token>
#include <thread>

namespace server {

// Takes SIGINT, SIGTERM and SIGHUP over for the whole process; make it before any other thread starts. The first signal
// sets the token, the second ends the process at once with code 130, and leaves the terminal as it was. SIGQUIT ends it
// as always, with the terminal restored.
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
