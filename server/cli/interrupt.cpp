// Waits for signals in a thread of its own.
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
  sigaddset(&set, SIGUSR1);  // sent by this program itself when the process ends
  return set;
}

// Ends the process by the signal's default action.
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
  // A thread waits for the signals, because a signal handler must not request a stop.
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
