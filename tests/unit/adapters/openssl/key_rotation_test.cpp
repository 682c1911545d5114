// A key file that gets a new key while programs use it.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <thread>

#include <stocktracker/adapters/openssl.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

constexpr const char* kOld = "k-old QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n";
constexpr st::SealContext kWhere{"tenant", "credential", "sealed", "row"};

std::string key_file(const TempFolder& folder, const std::string& text, mode_t mode = 0600) {
  const std::string path = folder.write("keys", text);
  ::chmod(path.c_str(), mode);
  return path;
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::size_t files_in(const TempFolder& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

// What happens between the moment at which a process opens the file and the one at which it asks for its lock.
std::function<void()> before_lock;
// Likewise between the moment at which a new file is complete and the one at which it gets its name.
std::function<void()> before_name;

}  // namespace

// Both in the place of the C library's.
extern "C" __attribute__((visibility("default"))) int flock(int file, int operation) noexcept {
  if (before_lock) std::exchange(before_lock, nullptr)();
  return static_cast<int>(::syscall(SYS_flock, file, operation));
}

extern "C" __attribute__((visibility("default"))) int fsync(int file) {
  if (before_name) std::exchange(before_name, nullptr)();
  return static_cast<int>(::syscall(SYS_fsync, file));
}

TEST_CASE("key rotation: the fresh key is the first line, and nothing else of the file changes") {
  const TempFolder folder;
  const std::string before = std::string("# of the shop\n") + kOld;
  const std::string path = key_file(folder, before, 0400);
  auto keys = st::make_key_file({.path = path}).value();
  const auto made = keys->make_current().value();
  CHECK(made != "k-old");
  CHECK(keys->current().value().id == made);
  CHECK(keys->ids().value() == std::vector<std::string>{made, "k-old"});
  const std::string after = text_of(path);
  CHECK(after.substr(0, made.size() + 1) == made + " ");
  CHECK(after.substr(after.find('\n') + 1) == before);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0400);
  CHECK(files_in(folder) == 1);  // no draft is left
  CHECK_FALSE(keys->current().value().bytes.equals(keys->find("k-old").value().bytes));
}

TEST_CASE("key rotation: a program that runs on uses the new key from its next sealing on, and opens both") {
  const TempFolder folder;
  const std::string path = key_file(folder, kOld);
  auto running = st::make_sealer(st::make_key_file({.path = path}).value());
  auto opening = st::make_sealer(st::make_key_file({.path = path}).value());
  const auto secret = st::Secret::copy_of("token");
  const auto old_text = running->seal(secret, kWhere).value();
  CHECK(running->key_id(old_text).value() == "k-old");
  const auto made = st::make_key_file({.path = path}).value()->make_current().value();
  const auto new_text = running->seal(secret, kWhere).value();
  CHECK(running->key_id(new_text).value() == made);
  // One that has sealed nothing since asks for the unknown key.
  CHECK(opening->open(new_text, kWhere).value().equals(secret));
  CHECK(opening->open(old_text, kWhere).value().equals(secret));
}

TEST_CASE("key rotation: while the file is missing or bad, what was sealed opens and nothing new is sealed") {
  const TempFolder folder;
  const std::string path = key_file(folder, kOld);
  auto sealer = st::make_sealer(st::make_key_file({.path = path}).value());
  const auto secret = st::Secret::copy_of("token");
  const auto sealed = sealer->seal(secret, kWhere).value();
  const auto refused = [&](st::Errc code) {
    CHECK(sealer->seal(secret, kWhere).error().errc() == code);
    CHECK(sealer->open(sealed, kWhere).value().equals(secret));
  };
  ::chmod(path.c_str(), 0644);
  refused(st::Errc::key_exposed);
  key_file(folder, "k-new broken\n");
  refused(st::Errc::key_malformed);
  ::unlink(path.c_str());
  refused(st::Errc::key_missing);
  key_file(folder, kOld);
  CHECK(sealer->seal(secret, kWhere));
}

TEST_CASE("key rotation: processes that rotate one file at once each add their key") {
  const TempFolder folder;
  const std::string path = key_file(folder, kOld);
  constexpr int kProcesses = 4;
  constexpr int kKeys = 5;
  const auto rotate = [&] {
    auto keys = st::make_key_file({.path = path}).value();
    for (int n = 0; n < kKeys; ++n) {
      if (!keys->make_current()) return 1;
    }
    return 0;
  };
  {
    std::vector<std::unique_ptr<ChildProcess>> processes;
    for (int n = 0; n < kProcesses; ++n) processes.push_back(std::make_unique<ChildProcess>(rotate));
    for (auto& process : processes) CHECK(process->code() == 0);
  }
  const auto ids = st::make_key_file({.path = path}).value()->ids().value();
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == kProcesses * kKeys + 1);
  CHECK(files_in(folder) == 1);
}

TEST_CASE("key rotation: a process that is killed at any moment leaves a complete key file") {
  const TempFolder folder;
  const std::string path = key_file(folder, kOld);
  for (int round = 0; round < 30; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto keys = st::make_key_file({.path = path}).value();
      while (true) std::ignore = keys->make_current();
    }
    ::usleep(static_cast<useconds_t>(3'000 + round * 700));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    auto keys = st::make_key_file({.path = path});
    REQUIRE(keys);
    CHECK(revealed(keys.value()->find("k-old").value().bytes) == std::string(32, 'A'));
    // A thousand keys do not fit: begin anew before that.
    if (keys.value()->ids().value().size() > 300) key_file(folder, kOld);
  }
  // What the last one left half-written goes with the next rotation.
  REQUIRE(st::make_key_file({.path = path}).value()->make_current());
  CHECK(files_in(folder) == 1);
}

TEST_CASE("key rotation: a link to the key file stays a link, and a full file takes no key") {
  const TempFolder folder;
  const std::string path = key_file(folder, kOld);
  const std::string link = folder.file("link");
  REQUIRE(::symlink("keys", link.c_str()) == 0);
  auto keys = st::make_key_file({.path = link}).value();
  const auto made = keys->make_current().value();
  CHECK(std::filesystem::is_symlink(link));
  CHECK(st::make_key_file({.path = path}).value()->current().value().id == made);

  const std::string full = kOld + std::string(64 * 1024 - 60, '#');
  key_file(folder, full);
  const auto refused = keys->make_current();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::key_malformed);
  CHECK(text_of(path) == full);
}

TEST_CASE("key rotation: the file stays its owner's when root rotates it") {
  if (::geteuid() != 0) return skipped("another user is needed, and only root can become one");
  const TempFolder folder;
  const std::string path = key_file(folder, kOld);
  REQUIRE(::chown(path.c_str(), 65'534, 65'534) == 0);
  REQUIRE(st::make_key_file({.path = path}).value()->make_current());
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK(status.st_uid == 65'534);
  CHECK(status.st_gid == 65'534);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("key rotation: a file that another process is rotating is waited for") {
  const TempFolder folder;
  const std::string path = key_file(folder, kOld);
  auto keys = st::make_key_file({.path = path}).value();
  const int held = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(::flock(held, LOCK_EX) == 0);
  std::atomic<bool> done = false;
  bool made = false;
  std::thread rotating([&] {
    made = keys->make_current().has_value();
    done = true;
  });
  ::usleep(300'000);
  CHECK_FALSE(done);
  CHECK(text_of(path) == kOld);
  ::close(held);
  rotating.join();
  CHECK(made);
  CHECK(keys->ids().value().size() == 2);
}

TEST_CASE("key rotation: a file that was replaced before it could be locked does not count, its successor does") {
  const TempFolder folder;
  const std::string path = key_file(folder, kOld);
  auto keys = st::make_key_file({.path = path}).value();
  std::string others;
  before_lock = [&] { others = st::make_key_file({.path = path}).value()->make_current().value(); };
  const auto made = keys->make_current().value();
  CHECK(keys->ids().value() == std::vector<std::string>{made, others, "k-old"});
  CHECK(files_in(folder) == 1);
}

// Its key may have sealed something already.
TEST_CASE("a key file that another process makes at the same moment is taken over, not replaced") {
  const TempFolder folder;
  const std::string path = folder.file("keys");
  std::string others;
  before_name = [&] { others = st::make_key_file({.path = path, .create = true}).value()->current().value().id; };
  const auto keys = st::make_key_file({.path = path, .create = true}).value();
  CHECK_FALSE(others.empty());
  CHECK(keys->ids().value() == std::vector<std::string>{others});
  CHECK(files_in(folder) == 1);
}

TEST_CASE("keys that come as a text report their ids and make no new ones") {
  auto keys = st::make_key_text(st::Secret::copy_of(kOld), "SOME_VARIABLE").value();
  CHECK(keys->ids().value() == std::vector<std::string>{"k-old"});
  CHECK(keys->make_current().error().errc() == st::Errc::unsupported);
}

TEST_CASE("the key that a sealed text names can be read, and what is no sealed text has none") {
  auto sealer = st::make_sealer(st::make_key_text(st::Secret::copy_of(kOld), "x").value());
  const auto sealed = sealer->seal(st::Secret(), kWhere).value();
  CHECK(sealer->key_id(sealed).value() == "k-old");
  for (const std::string& text : {std::string(), std::string("\x01"), std::string("\x01\xff") + "abc",
                                  sealed.substr(0, sealed.size() - 1), "\x02" + sealed.substr(1)}) {
    CHECK(sealer->key_id(text).error().errc() == st::Errc::seal_broken);
  }
}
