// Reads a token from the environment, or from standard input without echo.
#include "server/cli/token_input.hpp"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace server {
namespace {

namespace st = stocktracker;

constexpr std::size_t kLongest = 16 * 1024;
constexpr int kSliceMs = 20;  // how late a stop request may be noticed

// The settings of the terminal before a prompt changed them. One prompt at a time.
termios shown_before{};
std::atomic<bool> hidden = false;

// Switches echo off for its lifetime.
class Unseen {
 public:
  Unseen() {
    if (isatty(STDIN_FILENO) != 1 || tcgetattr(STDIN_FILENO, &shown_before) != 0) return;
    std::fputs("Token: ", stderr);
    termios silent = shown_before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden = true;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &silent) != 0) hidden = false;
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() { show_typing(); }
};

st::Secret trimmed(std::string text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t from = text.find_first_not_of(kBlank);
  const std::size_t to = text.find_last_not_of(kBlank);
  st::Secret token;
  if (from != std::string::npos) token = st::Secret::copy_of(std::string_view(text).substr(from, to - from + 1));
  const st::Secret wiped(std::move(text));
  return token;
}

// The next byte; -1 at the end of input.
st::Result<int> next_byte(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, kSliceMs) <= 0) continue;
    unsigned char byte = 0;
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    return got == 1 ? static_cast<int>(byte) : -1;
  }
  return st::Errc::cancelled;
}

st::Result<st::Secret> read_line(const std::stop_token& stop) {
  const Unseen unseen;
  std::string line;
  line.reserve(kLongest);  // growing would leave copies behind
  while (line.size() < kLongest) {
    const auto byte = next_byte(stop);
    if (!byte) {
      const st::Secret wiped(std::move(line));
      return byte.error();
    }
    if (byte.value() < 0 || byte.value() == '\n') break;
    line += static_cast<char>(byte.value());
  }
  return trimmed(std::move(line));
}

}  // namespace

void show_typing() noexcept {
  if (!hidden.exchange(false)) return;
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown_before);
  static_cast<void>(!::write(STDERR_FILENO, "\n", 1));
}

st::Result<st::Secret> read_token(const char* variable, const std::stop_token& stop) {
  st::Secret token;
  if (char* value = std::getenv(variable); value != nullptr && *value != '\0') {
    token = trimmed(value);
    // Child processes and crash dumps must not contain the token.
    for (char* c = value; *c != '\0'; ++c) *c = '\0';
    unsetenv(variable);
  } else {
    STK_TRY(token, read_line(stop));
  }
  if (token.empty()) {
    return st::Error(st::Errc::invalid_argument, std::string("no token: give it on standard input or in ") + variable)
        .about("token");
  }
  return token;
}

}  // namespace server
