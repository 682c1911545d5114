// Keys from a command: what it may do wrong costs an error, never a hang, a zombie or a leaked secret.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stop_token>
#include <thread>

#include <stocktracker/adapters/openssl.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const std::string kA = "k-a QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";
const std::string kB = "k-b QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=";

std::string script(const TempFolder& folder, const std::string& body, const char* first = "#!/bin/sh\n") {
  const std::string path = folder.write("keys.sh", first + body);
  ::chmod(path.c_str(), 0700);
  return path;
}

// For a script: the folder's path may have a blank.
std::string quoted(const std::string& path) { return "'" + path + "'"; }

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Of this process, zombies included.
bool has_children() { return ::waitid(P_ALL, 0, nullptr, WEXITED | WNOHANG | WNOWAIT) == 0; }

// Or a zombie that init has not fetched yet, which is not ours. A kill takes a moment.
bool is_gone(long process) {
  for (int tries = 0; tries < 500; ++tries) {
    const std::string state = text_of("/proc/" + std::to_string(process) + "/stat");
    if (state.empty() || state.find(") Z ") != std::string::npos) return true;
    ::usleep(10'000);
  }
  return false;
}

st::Error failure_of(const std::string& path, st::Duration timeout = 20s) {
  st::KeyCommandOptions options;
  options.command = {path};
  options.timeout = timeout;
  const auto keys = st::make_key_command(std::move(options));
  REQUIRE_FALSE(keys);
  CHECK_FALSE(has_children());
  return keys.error();
}

// Seconds by which this program's steady clock is ahead of the system's.
std::atomic<long> ahead = 0;

struct Later {
  explicit Later(std::chrono::seconds by) { ahead = ahead + by.count(); }
};

}  // namespace

// In the place of the C library's.
extern "C" __attribute__((visibility("default"))) int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const auto done = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  if (clock == CLOCK_MONOTONIC) time->tv_sec += ahead;
  return done;
}

TEST_CASE("key command: what it prints is read as a key file is, and kept") {
  const TempFolder folder;
  const std::string path = script(
      folder, "echo run >> " + quoted(folder.file("runs")) + "\necho '# kms'\necho '" + kA + "'\necho '" + kB + "'\n");
  auto keys = st::make_key_command({.command = {path}}).value();
  CHECK(keys->current().value().id == "k-a");
  CHECK(revealed(keys->find("k-b").value().bytes) == std::string(32, 'B'));
  CHECK(keys->ids().value() == std::vector<std::string>{"k-a", "k-b"});
  CHECK(keys->make_current().error().errc() == st::Errc::unsupported);
  // An unknown key asks again, but a flood of them does not start a flood of processes.
  for (int n = 0; n < 20; ++n) CHECK(keys->find("k-forged").error().errc() == st::Errc::key_missing);
  CHECK(text_of(folder.file("runs")) == "run\n");
  CHECK_FALSE(has_children());
}

TEST_CASE(
    "key command: it is asked again for an unknown key after ten seconds, and for the current one when it is due") {
  const TempFolder folder;
  const auto prints = [&](const std::string& body) {
    return script(folder, "echo run >> " + folder.file("runs") + "\n" + body);
  };
  const auto runs = [&] { return std::ssize(text_of(folder.file("runs"))) / 4; };
  auto keys = st::make_key_command({.command = {prints("echo '" + kA + "'\n")}, .refresh = 60s}).value();
  prints("echo '" + kB + "'\necho '" + kA + "'\n");
  const Later nine(9s);
  CHECK(keys->find("k-b").error().errc() == st::Errc::key_missing);
  CHECK(runs() == 1);
  const Later ten(2s);
  CHECK(keys->find("k-a"));  // one that is known is not asked for
  CHECK(runs() == 1);
  CHECK(keys->find("k-b").value().id == "k-b");
  CHECK(runs() == 2);
  CHECK(keys->current().value().id == "k-b");

  prints("echo '" + kA + "'\n");
  const Later before(55s);
  CHECK(keys->current().value().id == "k-b");
  CHECK(runs() == 2);
  const Later due(6s);
  CHECK(keys->current().value().id == "k-a");
  CHECK(runs() == 3);
  prints("echo '" + kB + "'\n");
  CHECK(keys->ids().value() == std::vector<std::string>{"k-a"});
  const Later again(11s);
  CHECK(keys->ids().value() == std::vector<std::string>{"k-b"});
}

// With "there is no such key" the seller would be asked to connect every account anew.
TEST_CASE("key command: while it fails, an unknown key is a failure to be tried again, and known ones stay in use") {
  const TempFolder folder;
  auto keys = st::make_key_command({.command = {script(folder, "echo '" + kA + "'\n")}, .refresh = 60s}).value();
  script(folder, "exit 3\n");
  const Later due(61s);
  CHECK(keys->current().value().id == "k-a");
  for (int n = 0; n < 2; ++n) {
    const auto unknown = keys->find("k-b");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().errc() == st::Errc::key_command_failed);
    CHECK(unknown.error().retryable());
    CHECK(keys->find("k-a"));
  }
  script(folder, "echo '" + kA + "'\n");
  const Later healed(11s);
  CHECK(keys->find("k-b").error().errc() == st::Errc::key_missing);
}

TEST_CASE("key command: arguments and variables arrive as they are, and nothing else is inherited") {
  const TempFolder folder;
  ::setenv("STK_TEST_CANARY", "inherited-canary", 1);
  const int inherited = ::open("/dev/null", O_RDONLY);  // without CLOEXEC, as another library may have it
  const std::string path =
      script(folder, "/usr/bin/env > " + quoted(folder.file("env")) + "\nprintf '%s|' \"$@\" > " +
                         quoted(folder.file("args")) + "\nls /proc/self/fd > " + quoted(folder.file("files")) +
                         "\ncat > " + quoted(folder.file("input")) + "\necho '" + kA + "'\n");
  st::KeyCommandOptions options;
  options.command = {path, "two words", "$HOME", "`id`", ";", ""};
  options.environment.push_back({"PATH", st::Secret::copy_of("/usr/bin:/bin")});
  options.environment.push_back({"KMS_TOKEN", st::Secret::copy_of("a=b c")});
  REQUIRE(st::make_key_command(std::move(options)));
  ::close(inherited);
  CHECK(text_of(folder.file("args")) == "two words|$HOME|`id`|;||");
  const std::string variables = text_of(folder.file("env"));
  CHECK(variables.find("KMS_TOKEN=a=b c\n") != std::string::npos);
  CHECK(variables.find("canary") == std::string::npos);
  CHECK(variables.find("HOME=") == std::string::npos);
  CHECK(text_of(folder.file("input")).empty());
  // 0, 1, 2, and the folder that ls itself reads.
  const std::string files = text_of(folder.file("files"));
  CHECK(std::count(files.begin(), files.end(), '\n') == 4);
}

TEST_CASE("key command: a failure is an error with the remedy, and shows nothing that was printed") {
  const TempFolder folder;
  const auto error = failure_of(script(folder, "echo canary-out\necho canary-err >&2\necho '" + kA + "'\nexit 3\n"));
  CHECK(error.errc() == st::Errc::key_command_failed);
  CHECK(error.retryable());
  CHECK(error.message().find("exit code 3") != std::string::npos);
  CHECK(error.message().find("by hand") != std::string::npos);
  CHECK(error.to_json().find("canary") == std::string::npos);
  CHECK(error.to_json().find("QUFB") == std::string::npos);

  CHECK(failure_of(script(folder, "kill -9 $$\n")).message().find("signal 9") != std::string::npos);
  CHECK(failure_of(folder.file("nothing")).errc() == st::Errc::key_command_failed);
  // What is no program is not given to a shell.
  CHECK(failure_of(script(folder, "echo '" + kA + "'\n", "")).errc() == st::Errc::key_command_failed);
}

TEST_CASE("key command: garbage and nothing are no keys, and are not shown") {
  const TempFolder folder;
  for (const std::string& body : {std::string("echo 'k-a canary'\n"), std::string("head -c 3000 /dev/urandom\n"),
                                  "echo '" + kA + "'\necho '" + kA + "'\n"}) {
    const auto error = failure_of(script(folder, body));
    CHECK(error.errc() == st::Errc::key_malformed);
    CHECK(error.to_json().find("canary") == std::string::npos);
  }
  CHECK(failure_of(script(folder, "true\n")).errc() == st::Errc::key_missing);
}

TEST_CASE("key command: one that prints without end is stopped at 64 KiB") {
  const TempFolder folder;
  const auto begin = std::chrono::steady_clock::now();
  const auto error = failure_of(script(folder, "cat /dev/zero\n"), 60s);
  CHECK(error.errc() == st::Errc::key_command_failed);
  CHECK(error.message().find("64 KiB") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - begin < 30s);
}

TEST_CASE("key command: one that hangs is killed with its children and leaves no zombie") {
  const TempFolder folder;
  const std::string note = folder.file("child");
  // Hanging itself; a child that holds the output open; output closed and still running.
  for (const std::string& body : {"echo $$ > " + quoted(note) + "\nexec sleep 600\n",
                                  "sleep 600 &\necho $! > " + quoted(note) + "\necho '" + kA + "'\n",
                                  "echo $$ > " + quoted(note) + "\necho '" + kA + "'\nexec >&-\nexec sleep 600\n"}) {
    const auto begin = std::chrono::steady_clock::now();
    const auto error = failure_of(script(folder, body), 700ms);
    CHECK(error.errc() == st::Errc::key_command_failed);
    CHECK(error.message().find("700 ms") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - begin < 20s);
    CHECK(is_gone(std::stol(text_of(note))));
  }
}

TEST_CASE("key command: a request to stop ends one that hangs at once, with its children") {
  using Clock = std::chrono::steady_clock;
  const TempFolder folder;
  const std::string note = folder.file("group");
  // With the output open, and with the output closed and still running.
  for (const char* output : {"", "exec >&-\n"}) {
    ::unlink(note.c_str());
    const std::string path =
        script(folder, "echo '" + kA + "'\n" + output + "sleep 20 &\necho $$ $! end > " + quoted(note) + "\nwait\n");
    std::stop_source stop;
    Clock::time_point asked;
    std::thread asking([&] {
      for (int tries = 0; tries < 1000 && text_of(note).find("end") == std::string::npos; ++tries) ::usleep(10'000);
      asked = Clock::now();
      stop.request_stop();
    });
    const auto keys = st::make_key_command({.command = {path}, .stop = stop.get_token()});
    const auto ended = Clock::now();
    asking.join();
    REQUIRE_FALSE(keys);
    CHECK(keys.error().errc() == st::Errc::cancelled);
    CHECK(ended - asked < 1s);
    CHECK_FALSE(has_children());
    long leader = 0;
    long child = 0;
    std::istringstream(text_of(note)) >> leader >> child;
    CHECK(is_gone(leader));
    CHECK(is_gone(child));
  }
}

TEST_CASE("key command: none starts after a request to stop, and the keys of before stay in use") {
  const TempFolder folder;
  const std::string path = script(folder, "echo run >> " + quoted(folder.file("runs")) + "\necho '" + kA + "'\n");
  std::stop_source stop;
  const auto keys = st::make_key_command({.command = {path}, .stop = stop.get_token()}).value();
  stop.request_stop();
  CHECK(keys->current().value().id == "k-a");
  CHECK(st::make_key_command({.command = {path}, .stop = stop.get_token()}).error().errc() == st::Errc::cancelled);
  CHECK(text_of(folder.file("runs")) == "run\n");
}

TEST_CASE("key command: options that cannot work are refused by name") {
  const auto field_of = [](st::KeyCommandOptions options) {
    const auto keys = st::make_key_command(std::move(options));
    REQUIRE_FALSE(keys);
    CHECK(keys.error().errc() == st::Errc::invalid_argument);
    return keys.error().text();
  };
  CHECK(field_of({}).find("command") != std::string::npos);
  CHECK(field_of({.command = {"cat"}}).find("absolute") != std::string::npos);
  CHECK(field_of({.command = {"/bin/cat"}, .timeout = 1ms}).find("timeout") != std::string::npos);
  CHECK(field_of({.command = {"/bin/cat"}, .refresh = 1s}).find("refresh") != std::string::npos);
  st::KeyCommandOptions options;
  options.command = {"/bin/cat"};
  options.environment.push_back({"A=B", st::Secret::copy_of("canary")});
  const auto text = field_of(std::move(options));
  CHECK(text.find("environment") != std::string::npos);
  CHECK(text.find("canary") == std::string::npos);
}
