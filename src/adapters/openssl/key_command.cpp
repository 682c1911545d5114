// Runs the operator's program, and reads the keys that it prints.
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <tuple>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/core/problems.hpp>

#include "adapters/openssl/descriptor.hpp"
#include "adapters/openssl/key_text.hpp"

namespace stocktracker::inline v0 {
namespace {

using Monotonic = std::chrono::steady_clock;

/// A lost or forged key id must not start a process for each text with that id.
constexpr auto kLeastPause = std::chrono::seconds(10);

/// A stop request is noticed within this time.
constexpr auto kSlice = std::chrono::milliseconds(50);

constexpr const char* kRemedy = "; run it by hand as the same user, with the same environment";

/// File actions and attributes of posix_spawn, destroyed with it.
class SpawnPlan {
 public:
  explicit SpawnPlan(int output) {
    good_ = ::posix_spawn_file_actions_init(&actions_) == 0 && ::posix_spawnattr_init(&attributes_) == 0;
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    // A group of its own, so that the command's children can be killed with it; signals as a fresh program expects.
    constexpr short kFlags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    // The output first: if the program has closed its standard files, `output` may be 0 or 2.
    good_ = good_ && ::posix_spawn_file_actions_adddup2(&actions_, output, 1) == 0 &&
            ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0) == 0 &&
            ::posix_spawn_file_actions_addopen(&actions_, 2, "/dev/null", O_WRONLY, 0) == 0 &&
            ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3) == 0 &&
            ::posix_spawnattr_setflags(&attributes_, kFlags) == 0 &&
            ::posix_spawnattr_setpgroup(&attributes_, 0) == 0 &&
            ::posix_spawnattr_setsigmask(&attributes_, &none) == 0 &&
            ::posix_spawnattr_setsigdefault(&attributes_, &all) == 0;
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  /// 0, or a value of errno.
  int start(pid_t& child, char** arguments, char** environment) const {
    if (!good_) return ENOMEM;
    return ::posix_spawn(&child, arguments[0], &actions_, &attributes_, arguments, environment);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
  bool good_ = false;
};

/// A running command. At the latest when this object ends, the command and its children are killed and waited for.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { end(); }

  [[nodiscard]] int start(const KeyCommandOptions& options, int output) {
    std::vector<char*> arguments;
    for (const std::string& part : options.command) arguments.push_back(const_cast<char*>(part.c_str()));
    arguments.push_back(nullptr);
    std::vector<Secret> lines;  // wiped when this call ends
    lines.reserve(options.environment.size());
    std::vector<char*> environment;
    for (const KeyCommandVariable& variable : options.environment) {
      std::string line;
      line.reserve(variable.name.size() + 1 + variable.value.reveal().size() + 1);
      line.append(variable.name).append(1, '=').append(variable.value.reveal());
      lines.emplace_back(std::move(line));
      environment.push_back(const_cast<char*>(lines.back().reveal().data()));
    }
    environment.push_back(nullptr);
    return SpawnPlan(output).start(pid_, arguments.data(), environment.data());
  }
  /// Its wait status if it ends before the deadline and before a stop request.
  [[nodiscard]] std::optional<int> wait_until(Monotonic::time_point deadline, const std::stop_token& stop) {
    constexpr auto kPause = std::chrono::milliseconds(2);
    while (true) {
      int status = 0;
      const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
      if (ended == pid_) {
        pid_ = 0;
        return status;
      }
      if (ended < 0 && errno != EINTR) return std::nullopt;  // the program ignores SIGCHLD: the status is unknown
      if (stop.stop_requested() || Monotonic::now() >= deadline) return std::nullopt;
      std::this_thread::sleep_for(kPause);
    }
  }
  void end() noexcept {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
};

/// Reads until the end of the output; nullopt at the deadline, above the size limit, or if a stop is requested.
std::optional<Secret> read_all(int file, Monotonic::time_point deadline, const std::stop_token& stop) {
  std::string text;
  text.reserve(kLargestKeyText + 1);  // growing would leave copies behind
  std::array<char, 4096> bytes{};
  bool ended = false;
  while (!ended && text.size() <= kLargestKeyText) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Monotonic::now()).count();
    if (left <= 0 || stop.stop_requested()) break;
    pollfd waiting{file, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(std::min(left, kSlice.count()))) <= 0) continue;
    const std::size_t space = std::min(bytes.size(), kLargestKeyText + 1 - text.size());
    const ssize_t size = ::read(file, bytes.data(), space);
    if (size > 0) text.append(bytes.data(), static_cast<std::size_t>(size));
    ended = size == 0;
    if (size < 0 && errno != EINTR) break;
  }
  OPENSSL_cleanse(bytes.data(), bytes.size());
  Secret all(std::move(text));
  if (!ended) return std::nullopt;
  return all;
}

class KeyCommand final : public KeyProvider {
 public:
  explicit KeyCommand(KeyCommandOptions options)
      : options_(std::move(options)), origin_("key command " + options_.command.front()) {}

  Result<void> begin() {
    const std::lock_guard lock(mutex_);
    return ask();
  }

  Result<SealingKey> current() override {
    const std::lock_guard lock(mutex_);
    ask_if_older_than(options_.refresh);
    return copy_of(keys_.front());
  }
  Result<SealingKey> find(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    auto found = key_named(keys_, id, origin_);
    if (found) return found;
    ask_if_older_than(kLeastPause);
    // While the command fails, it is not known whether the key exists: try again later, do not connect accounts again.
    if (failure_) return *failure_;
    return key_named(keys_, id, origin_);
  }
  Result<std::vector<std::string>> ids() override {
    const std::lock_guard lock(mutex_);
    ask_if_older_than(kLeastPause);
    return ids_of(keys_);
  }

 private:
  void ask_if_older_than(Duration age) {
    if (Monotonic::now() - asked_at_ >= age) std::ignore = ask();
  }
  Result<void> ask() {
    auto text = run();
    asked_at_ = Monotonic::now();
    auto keys = text ? parse_keys(text.value().reveal(), origin_) : Result<std::vector<SealingKey>>(text.error());
    if (keys) {
      keys_ = std::move(keys).value();
      failure_.reset();
      return success();
    }
    failure_ = std::move(keys).error();
    return *failure_;
  }
  [[nodiscard]] Error failed(const std::string& what) const {
    return key_refused(Errc::key_command_failed, origin_, what + kRemedy).may_retry();
  }

  [[nodiscard]] Error stopped() const {
    return key_refused(Errc::cancelled, origin_, "was killed, or not started, because a stop was requested");
  }

  Result<Secret> run() const {
    if (options_.stop.stop_requested()) return stopped();
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return failed(std::string("cannot be run: ") + std::strerror(errno));
    const Descriptor output(ends[0]);
    Descriptor input(ends[1]);
    Child child;
    const auto deadline = Monotonic::now() + options_.timeout;
    if (const int why = child.start(options_, input.value); why != 0) {
      return failed(std::string("cannot be run: ") + std::strerror(why));
    }
    input.reset();
    auto text = read_all(output.value, deadline, options_.stop);
    if (!text && options_.stop.stop_requested()) return stopped();
    if (!text && Monotonic::now() < deadline) return failed("printed more than 64 KiB, which cannot be keys");
    const auto status = text ? child.wait_until(deadline, options_.stop) : std::nullopt;
    if (!status && options_.stop.stop_requested()) return stopped();
    if (!status) {
      const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(options_.timeout).count();
      return failed("did not end within " + std::to_string(waited) + " ms and was killed");
    }
    if (WIFSIGNALED(*status)) return failed("was ended by signal " + std::to_string(WTERMSIG(*status)));
    if (WEXITSTATUS(*status) != 0) return failed("ended with exit code " + std::to_string(WEXITSTATUS(*status)));
    return std::move(*text);
  }

  const KeyCommandOptions options_;
  const std::string origin_;
  std::mutex mutex_;
  std::vector<SealingKey> keys_;
  std::optional<Error> failure_;  ///< of the last run, if it failed
  Monotonic::time_point asked_at_{};
};

bool has_zero(std::string_view text) noexcept { return text.find('\0') != std::string_view::npos; }

bool good_variable(const KeyCommandVariable& variable) noexcept {
  return !variable.name.empty() && variable.name.find('=') == std::string::npos && !has_zero(variable.name) &&
         !has_zero(variable.value.reveal());
}

}  // namespace

Result<void> KeyCommandOptions::validate() const {
  Problems problems;
  problems.require(!command.empty() && command.front().starts_with('/'), "command",
                   "must begin with the absolute path of a program");
  problems.require(std::none_of(command.begin(), command.end(), [](const auto& part) { return has_zero(part); }),
                   "command", "must not hold zero bytes");
  problems.require(std::all_of(environment.begin(), environment.end(), &good_variable), "environment",
                   "must hold names without '=', and no zero bytes");
  problems.require(timeout >= std::chrono::milliseconds(100) && timeout <= std::chrono::minutes(10), "timeout",
                   "must be between 100 ms and 10 min");
  problems.require(refresh >= kLeastPause, "refresh", "must be 10 s or more");
  return problems.result("KeyCommandOptions");
}

Result<std::shared_ptr<KeyProvider>> make_key_command(KeyCommandOptions options) {
  STK_TRY(options.validate());
  auto keys = std::make_shared<KeyCommand>(std::move(options));
  STK_TRY(keys->begin());
  return keys;
}

}  // namespace stocktracker::inline v0
