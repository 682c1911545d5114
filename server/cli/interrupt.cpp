// Signals are waited for by a thread of their own.
#include "server/cli/interrupt.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "server/cli/exit_code.hpp"
#include "server/cli/token_input.hpp"

namespace server {
namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGQUIT);
  sigaddset(&set, SIGUSR1);  // our own: the process ends
  return set;
}

// With the signal's own default, which is to end.
void end_by(int signal) noexcept {
  show_typing();
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  pthread_kill(pthread_self(), signal);
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // Waiting in a thread instead of a handler: a stop token may not be set from a handler.
  waiter_ = std::thread([this, set] {
    while (true) {
      int signal = 0;
      if (sigwait(&set, &signal) != 0 || signal == SIGUSR1) return;
      if (signal == SIGQUIT) end_by(signal);
      if (source_.stop_requested()) {
        show_typing();
        _exit(kCancelled);
      }
      source_.request_stop();
    }
  });
}

Interrupt::~Interrupt() {
  pthread_kill(waiter_.native_handle(), SIGUSR1);
  waiter_.join();
}

}  // namespace server
