// A second process of the same test, for what only another process can do.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <stdexcept>
#include <utility>

/// Runs `body()` in a child; its answer is the exit code. Start it while the test has one thread.
class ChildProcess {
 public:
  template <class F>
  explicit ChildProcess(F&& body) : pid_(::fork()) {
    if (pid_ < 0) throw std::runtime_error("no child process");
    if (pid_ > 0) return;
    int code = 99;
    try {
      code = std::forward<F>(body)();
    } catch (const std::exception&) {
      code = 98;
    }
    ::_exit(code);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() { code(); }

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Waits for the end; -1 when it was killed.
  int code() {
    if (pid_ > 0) {
      int status = 0;
      ::waitpid(pid_, &status, 0);
      code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      pid_ = 0;
    }
    return code_;
  }

 private:
  pid_t pid_;
  int code_ = -1;
};

/// One side sends a signal, the other waits for it: a byte through a pipe.
class Signal {
 public:
  Signal() {
    if (::pipe(ends_) != 0) throw std::runtime_error("no pipe");
  }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  ~Signal() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  void send_signal() const {
    const char byte = 1;
    if (::write(ends_[1], &byte, 1) != 1) throw std::runtime_error("a signal was not sent");
  }
  void wait() const {
    char byte = 0;
    if (::read(ends_[0], &byte, 1) != 1) throw std::runtime_error("a signal did not come");
  }

 private:
  int ends_[2] = {-1, -1};
};
