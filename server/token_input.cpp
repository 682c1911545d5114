#include "token_input.hpp"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace server {
namespace {

namespace st = stocktracker;

constexpr std::size_t kLongest = 16 * 1024;

// Typing is not shown as long as it lives.
class Unseen {
 public:
  Unseen() {
    if (isatty(STDIN_FILENO) != 1 || tcgetattr(STDIN_FILENO, &before_) != 0) return;
    std::fputs("Token: ", stderr);
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(STDIN_FILENO, TCSANOW, &silent) == 0;
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() {
    if (!changed_) return;
    tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    std::fputc('\n', stderr);
  }

 private:
  termios before_{};
  bool changed_ = false;
};

st::Secret trimmed(std::string text) {
  const char* kBlank = " \t\r\n";
  const std::size_t from = text.find_first_not_of(kBlank);
  const std::size_t to = text.find_last_not_of(kBlank);
  st::Secret token;
  if (from != std::string::npos) token = st::Secret::copy_of(std::string_view(text).substr(from, to - from + 1));
  const st::Secret wiped(std::move(text));
  return token;
}

}  // namespace

st::Result<st::Secret> read_token(const char* variable) {
  st::Secret token;
  if (char* value = std::getenv(variable); value != nullptr && *value != '\0') {
    token = trimmed(value);
    // Children and crash dumps have no business with it.
    for (char* c = value; *c != '\0'; ++c) *c = '\0';
    unsetenv(variable);
  } else {
    const Unseen unseen;
    std::string line;
    line.reserve(kLongest);  // growing would leave copies behind
    for (int c = std::getchar(); c != EOF && c != '\n' && line.size() < kLongest; c = std::getchar()) {
      line += static_cast<char>(c);
    }
    token = trimmed(std::move(line));
  }
  if (token.empty()) {
    return st::Error(st::Errc::invalid_argument, std::string("no token: give it on standard input or in ") + variable)
        .about("token");
  }
  return token;
}

}  // namespace server
