// The limits file: shared by processes, damaged, cut off, full.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <new>
#include <random>
#include <thread>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/testing/limiter_contract.hpp>

#include "tests/support/catch_check.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::Instant kStart = st::Instant::from_seconds(1'795'300'000);

st::LimitTable table(st::Duration interval, int burst) {
  st::LimitTable made;
  made.limits.push_back({.vendor = "v", .interval = interval, .burst = burst});
  return made;
}

st::QuotaTag tag(std::string owner = "s") { return {"v", std::move(owner), "", ""}; }

struct Common {
  std::atomic<std::int64_t> clock = 0;
  std::atomic<int> granted = 0;
};

void flip(const std::string& path, std::uint64_t at, int bit) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(byte ^ (1 << bit)));
}

// Seen by children that are forked afterwards.
Common& common() {
  void* const memory = ::mmap(nullptr, sizeof(Common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return *new (memory) Common;
}

// A process of the test's own that ends with the test. What it runs may say that it is where the test wants it.
class Child {
 public:
  template <class Run>
  explicit Child(Run&& run) {
    inside_ = new (::mmap(nullptr, sizeof(*inside_), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
        std::atomic<bool>(false);
    current = inside_;
    id_ = ::fork();
    if (id_ != 0) return;
    run();
    ::_exit(0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (id_ > 0) ::kill(id_, SIGKILL);
    join();
  }
  static void now_inside() { *current = true; }
  void wait_until_inside() const {
    while (!*inside_) std::this_thread::sleep_for(1ms);
  }
  void join() {
    int status = 0;
    if (id_ > 0) ::waitpid(id_, &status, 0);
    id_ = 0;
  }
  [[nodiscard]] pid_t id() const noexcept { return id_; }

 private:
  static inline std::atomic<bool>* current = nullptr;
  std::atomic<bool>* inside_ = nullptr;
  pid_t id_ = 0;
};

// Never ends by itself.
void hold_block(const std::string& path, const std::string& name) {
  const auto memory = st::make_quota_file(path).value();
  (void)memory->block(name).value()->with({}, [](st::Instant, std::span<std::int64_t>) {
    Child::now_inside();
    while (true) ::pause();
  });
}

}  // namespace

TEST_CASE("the limiter over a file keeps the limiter contract") {
  const TempFolder folder;
  int files = 0;
  const auto make = [&](st::LimitTable limits) -> st::Result<std::unique_ptr<st::QuotaTree>> {
    STK_TRY(auto memory, st::make_quota_file(folder.file("limits-" + std::to_string(files++))));
    return std::make_unique<st::QuotaTree>(std::move(limits), std::move(memory));
  };
  for (const std::uint64_t seed : seeds_to_try(1, 3)) {
    INFO(replay(seed));
    CatchCheck check;
    st::testing::limiter_contract(make, check, seed);
    CHECK(check.expectations() > 500);
  }
}

TEST_CASE("four processes get exactly what one would") {
  const TempFolder folder;
  const std::string path = folder.file("limits");
  Common& shared = common();
  constexpr std::int64_t kSpan = 400'000;  // virtual microseconds
  std::vector<pid_t> children;
  for (int n = 0; n < 4; ++n) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto memory = st::make_quota_file(path);
      if (!memory) ::_exit(1);
      st::QuotaTree tree(table(2ms, 700), std::move(memory).value());
      auto quota = tree.quota(tag(), "op");
      for (std::int64_t at = shared.clock.fetch_add(7); at < kSpan; at = shared.clock.fetch_add(7)) {
        if (quota.take(kStart + st::Duration(at), 1).granted) ++shared.granted;
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  CHECK(shared.granted <= 700 + kSpan / 2'000);
  CHECK(shared.granted >= (700 + kSpan / 2'000) * 99 / 100);
}

TEST_CASE("what one spent the next finds spent, and other rules count apart") {
  const TempFolder folder;
  const std::string path = folder.file("limits");
  {
    st::QuotaTree first(table(1h, 1), st::make_quota_file(path).value());
    CHECK(first.quota(tag(), "op").take(kStart, 1).granted);
  }
  st::QuotaTree second(table(1h, 1), st::make_quota_file(path).value());
  CHECK_FALSE(second.quota(tag(), "op").take(kStart + 1min, 1).granted);
  CHECK(second.quota(tag("other"), "op").take(kStart + 1min, 1).granted);
  CHECK(second.quota(tag(), "op").take(kStart + 61min, 1).granted);
  st::QuotaTree other(table(1min, 1), st::make_quota_file(path).value());
  CHECK(other.quota(tag(), "op").take(kStart + 61min, 1).granted);
}

TEST_CASE("a process that dies within a block leaves what was there before, and the file usable") {
  const TempFolder folder;
  const std::string path = folder.file("limits");
  const pid_t child = ::fork();
  if (child == 0) {
    const auto block = st::make_quota_file(path).value()->block("a").value();
    (void)block->with({}, [](st::Instant, std::span<std::int64_t> cells) { cells[7] = 42; });
    (void)block->with({}, [](st::Instant, std::span<std::int64_t> cells) {
      cells[7] = 43;
      ::_exit(0);
    });
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto memory = st::make_quota_file(path).value();
  for (int n = 0; n < 2; ++n) {
    const auto block = memory->block("a").value();
    std::int64_t found = 0;
    CHECK(block->with({}, [&](st::Instant, std::span<std::int64_t> cells) { found = cells[7]; }));
    CHECK(found == 42);
  }
}

TEST_CASE("files that are no limits files are named and left alone") {
  const TempFolder folder;
  const std::string text = folder.write("notes", "not a limits file");
  const auto refused = st::make_quota_file(text);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::io_failed);
  CHECK(refused.error().text().find(text) != std::string::npos);
  CHECK(std::filesystem::file_size(text) == 17);
  const std::string good = folder.file("limits");
  REQUIRE(st::make_quota_file(good));
  std::fstream(good, std::ios::in | std::ios::out | std::ios::binary) << "another";
  CHECK_FALSE(st::make_quota_file(good));
  CHECK_FALSE(st::make_quota_file(folder.file("nowhere/limits")));
  CHECK_FALSE(st::make_quota_file(folder.path()));
}

TEST_CASE("the limits file keeps the contract of quota memories") {
  const TempFolder folder;
  int files = 0;
  const auto make = [&] { return st::make_quota_file(folder.file("limits-" + std::to_string(files++))); };
  for (const std::uint64_t seed : seeds_to_try(1, 3)) {
    INFO(replay(seed));
    CatchCheck check;
    st::testing::quota_memory_contract(make, check, seed);
    CHECK(check.expectations() > 200);
  }
}

TEST_CASE("a bit that flips in any region of the file gives nobody a full bucket, a crash or a hang") {
  const TempFolder folder;
  std::mt19937_64 dice(20'261'126);
  int refused = 0;
  int spent = 0;
  for (int round = 0; round < 400; ++round) {
    INFO("round " << round);
    const std::string path = folder.file("limits-" + std::to_string(round));
    const auto memory = st::make_quota_file(path).value();
    st::QuotaTree holder(table(1h, 1), memory);
    auto held = holder.quota(tag(), "op");
    REQUIRE(held.take(kStart, 1).granted);
    // The header, the block in use, another one, anywhere.
    const std::uint64_t regions[4][2] = {{0, 40}, {4'096, 3'240}, {8'192, 40}, {0, std::filesystem::file_size(path)}};
    const auto& region = regions[round % 4];
    flip(path, region[0] + dice() % region[1], static_cast<int>(dice() % 8));
    CHECK_FALSE(held.take(kStart + 1min, 1).granted);
    auto opened = st::make_quota_file(path);
    if (!opened) {
      CHECK(opened.error().errc() == st::Errc::io_failed);
      CHECK(opened.error().text().find("remove it") != std::string::npos);
      ++refused;
      continue;
    }
    st::QuotaTree next(table(1h, 1), std::move(opened).value());
    auto quota = next.quota(tag(), "op");
    CHECK_FALSE(quota.take(kStart + 2min, 1).granted);
    CHECK(quota.take(kStart + 63min, 1).granted);
    CHECK_FALSE(held.take(kStart + 64min, 1).granted);  // both count in one block still
    auto unknown = next.quota(tag("another"), "op");
    if (!unknown.take(kStart, 1).granted) ++spent;
  }
  CHECK(refused > 5);  // the mark of the file itself
  CHECK(spent > 20);   // a damaged head: it may have been anybody's
  CHECK(spent < 250);
}

TEST_CASE("whichever bit of a bucket flips, nothing is granted before its time") {
  const TempFolder folder;
  constexpr std::uint64_t kFullAt = 4'096 + 40 + 4 * 8;  // behind the header's page, the block's head, four cells
  for (int bit = 0; bit < 64; ++bit) {
    CAPTURE(bit);
    const std::string path = folder.file("limits-" + std::to_string(bit));
    st::QuotaTree tree(table(1h, 1), st::make_quota_file(path).value());
    auto quota = tree.quota(tag(), "op");
    REQUIRE(quota.take(kStart, 1).granted);
    flip(path, kFullAt + static_cast<std::uint64_t>(bit / 8), bit % 8);
    CHECK(quota.wait(kStart + 1min) == 1h);  // its content is lost: spent from now on
    CHECK_FALSE(quota.take(kStart + 1min, 1).granted);
  }
}

TEST_CASE("a page of zeros in place of a block is lost content, not a new block") {
  const TempFolder folder;
  const std::string path = folder.file("limits");
  st::QuotaTree first(table(1h, 1), st::make_quota_file(path).value());
  auto held = first.quota(tag(), "op");
  REQUIRE(held.take(kStart, 1).granted);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4'096);
    file << std::string(4'096, '\0');
  }
  st::QuotaTree second(table(1h, 1), st::make_quota_file(path).value());
  CHECK_FALSE(second.quota(tag(), "op").take(kStart + 1min, 1).granted);
  CHECK_FALSE(held.take(kStart + 1min, 1).granted);
  CHECK(second.quota(tag(), "op").take(kStart + 62min, 1).granted);
}

TEST_CASE("a file that is cut off while in use is an error, and its successor begins spent") {
  const TempFolder folder;
  const std::string path = folder.file("limits");
  const auto memory = st::make_quota_file(path).value();
  st::QuotaTree tree(table(1h, 1), memory);
  auto quota = tree.quota(tag(), "op");
  REQUIRE(quota.take(kStart, 1).granted);
  const auto block = memory->block("any").value();
  for (const std::uintmax_t size : {4'096 + 100, 4'096, 20, 0}) {
    std::filesystem::resize_file(path, size);
    const auto asked = quota.take(kStart + 2h, 1);
    CHECK_FALSE(asked.granted);
    CHECK_FALSE(asked.asked);
    const auto reported = block->with(kStart, [](st::Instant, std::span<std::int64_t>) {});
    REQUIRE_FALSE(reported);
    CHECK(reported.error().errc() == st::Errc::io_failed);
    CHECK(reported.error().text().find(path) != std::string::npos);
  }
  std::filesystem::remove(path);
  REQUIRE(st::make_quota_file(path));
  std::filesystem::resize_file(path, 3 * 4'096);  // a header and two blocks
  st::QuotaTree after(table(1h, 1), st::make_quota_file(path).value());
  CHECK_FALSE(after.quota(tag(), "op").take(kStart, 1).granted);
  CHECK(after.quota(tag(), "op").take(kStart + 61min, 1).granted);
}

TEST_CASE("a thousand sellers fit, each with limits of its own") {
  const TempFolder folder;
  const std::string path = folder.file("limits");
  for (int round = 0; round < 2; ++round) {
    const auto memory = st::make_quota_file(path).value();
    st::QuotaTree tree(table(1h, 1), memory);
    int granted = 0;
    for (int n = 0; n < 1'000; ++n) granted += tree.quota(tag(std::to_string(n)), "op").take(kStart, 1).granted ? 1 : 0;
    CHECK(granted == (round == 0 ? 1'000 : 0));
  }
  CHECK(std::filesystem::file_size(path) < 5'000'000);
}

TEST_CASE("when no room is left for a seller, nothing is sent for that one, and the others go on") {
  const TempFolder folder;
  const std::string path = folder.file("limits");
  const auto memory = st::make_quota_file(path).value();
  st::QuotaTree tree(table(1h, 1), memory);
  CHECK(tree.quota(tag("first"), "op").take(kStart, 1).granted);
  for (int n = 1; n < 2'048; ++n) REQUIRE(memory->block(std::to_string(n)));
  const auto refused = memory->block("one more");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::overloaded);
  CHECK(refused.error().text().find(path) != std::string::npos);
  const auto late = tree.quota(tag("late"), "op").take(kStart, 1);
  CHECK_FALSE(late.granted);
  CHECK_FALSE(late.asked);
  CHECK(tree.quota(tag("first"), "op").take(kStart + 61min, 1).granted);
}

TEST_CASE("blocks that nobody uses any more are given to others, those in use are not") {
  const TempFolder folder;
  const std::string path = folder.file("limits");
  const auto memory = st::make_quota_file(path, 400ms).value();
  st::QuotaTree tree(table(1h, 1), memory);
  auto busy = tree.quota(tag("busy"), "op");
  auto gone = tree.quota(tag("gone"), "op");
  REQUIRE(busy.take(kStart, 1).granted);
  REQUIRE(gone.take(kStart, 1).granted);
  const auto old = memory->block("2").value();
  for (int n = 3; n < 64; ++n) REQUIRE(memory->block(std::to_string(n)));
  const auto full = std::filesystem::file_size(path);
  for (int n = 0; n < 6; ++n) {
    std::this_thread::sleep_for(100ms);
    CHECK_FALSE(busy.take(kStart + 1min, 1).granted);
  }
  for (int n = 100; n < 163; ++n) {
    const auto made = memory->block(std::to_string(n));
    REQUIRE(made);
    REQUIRE(made.value()->with(kStart, [](st::Instant, std::span<std::int64_t> cells) { cells[7] = 99; }));
  }
  CHECK(std::filesystem::file_size(path) == full);  // 63 were free again
  CHECK_FALSE(busy.take(kStart + 1min, 1).granted);
  REQUIRE(memory->block("grows"));
  CHECK(std::filesystem::file_size(path) > full);
  // A seller who comes back after that long finds a new block, and counts in it.
  CHECK(gone.take(kStart + 2h, 1).granted);
  CHECK_FALSE(gone.take(kStart + 2h, 1).granted);
  // Not in the one that it had: that is another seller's now.
  std::int64_t found = -1;
  REQUIRE(old->with(kStart, [&](st::Instant, std::span<std::int64_t> cells) { found = cells[7]; }));
  CHECK(found == 0);
}

TEST_CASE("a block that its user comes back to while it is being given away stays its user's") {
  // What that one has spent would be lost with it, and its bucket full again.
  const TempFolder folder;
  const std::string path = folder.file("limits");
  constexpr auto kKeep = 1'500ms;
  auto mine = st::make_quota_file(path, kKeep).value();
  auto other = st::make_quota_file(path, kKeep).value();
  const auto block = mine->block("first").value();
  // No other place is free, and all are old: the first one is chosen.
  for (int n = 1; n < 64; ++n) REQUIRE(mine->block("another " + std::to_string(n)));
  std::this_thread::sleep_for(kKeep + 100ms);
  std::thread taker;
  REQUIRE(block->with(kStart, [&](st::Instant, std::span<std::int64_t> cells) {
    cells.back() = 77;
    taker = std::thread([&] { (void)other->block("newcomer"); });
    std::this_thread::sleep_for(150ms);  // it has read the old block, and waits for it
  }));
  taker.join();
  std::int64_t kept = 0;
  REQUIRE(block->with(kStart, [&](st::Instant, std::span<std::int64_t> cells) { kept = cells.back(); }));
  CHECK(kept == 77);
}

TEST_CASE("a file that is replaced while it is being opened is opened again: all count in the one that has the name") {
  // Two files would be two budgets.
  const TempFolder folder;
  const std::string path = folder.file("limits");
  const std::string successor = folder.file("successor");
  REQUIRE(st::make_quota_file(path, 1h));
  REQUIRE(st::make_quota_file(successor, 1h));
  const int held = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  REQUIRE(::fcntl(held, F_OFD_SETLK, &lock) == 0);
  std::shared_ptr<st::QuotaMemory> late;
  std::thread opening([&] {
    if (auto made = st::make_quota_file(path, 1h)) late = std::move(made).value();
  });
  std::this_thread::sleep_for(100ms);  // it has opened the old one, and waits for its lock
  CHECK(::rename(successor.c_str(), path.c_str()) == 0);
  ::close(held);
  opening.join();
  REQUIRE(late);
  const auto block = late->block("s").value();
  REQUIRE(block->with(kStart, [](st::Instant, std::span<std::int64_t> cells) { cells.back() = 77; }));
  std::int64_t seen = 0;
  const auto other = st::make_quota_file(path, 1h).value()->block("s").value();
  REQUIRE(other->with(kStart, [&](st::Instant, std::span<std::int64_t> cells) { seen = cells.back(); }));
  CHECK(seen == 77);
}

TEST_CASE("the file is its owner's alone, whatever the umask") {
  const TempFolder folder;
  for (const mode_t mask : {0000, 0022, 0277, 0777}) {
    const std::string path = folder.file("limits-" + std::to_string(mask));
    const mode_t before = ::umask(mask);
    const bool made = st::make_quota_file(path).has_value();
    ::umask(before);
    REQUIRE(made);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600U);
    CHECK(st::make_quota_file(path));
  }
}

TEST_CASE("a process that is killed while it holds a block holds up nobody") {
  const TempFolder folder;
  const std::string path = folder.file("limits");
  Child holder([&] { hold_block(path, "a"); });
  holder.wait_until_inside();
  ::kill(holder.id(), SIGKILL);
  holder.join();
  const auto before = std::chrono::steady_clock::now();
  const auto block = st::make_quota_file(path).value()->block("a").value();
  CHECK(block->with({}, [](st::Instant, std::span<std::int64_t>) {}));
  CHECK(std::chrono::steady_clock::now() - before < 1s);
}

TEST_CASE(
    "a process that is stopped while it holds a block holds up others for two seconds, and other blocks not at all") {
  const TempFolder folder;
  const std::string path = folder.file("limits");
  Child holder([&] { hold_block(path, "a"); });
  holder.wait_until_inside();
  ::kill(holder.id(), SIGSTOP);
  const auto memory = st::make_quota_file(path).value();
  const auto nothing = [](st::Instant, std::span<std::int64_t>) {};
  const auto other = memory->block("b").value();
  auto before = std::chrono::steady_clock::now();
  CHECK(other->with({}, nothing));
  CHECK(std::chrono::steady_clock::now() - before < 1s);
  const auto block = memory->block("a").value();
  before = std::chrono::steady_clock::now();
  // Threads of one process wait beside each other, not after each other.
  std::vector<std::thread> threads;
  std::atomic<int> refused = 0;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      const auto asked = block->with({}, nothing);
      if (!asked && asked.error().errc() == st::Errc::io_failed) ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto waited = std::chrono::steady_clock::now() - before;
  CHECK(refused == 4);
  CHECK(waited >= 1900ms);
  CHECK(waited < 4s);
  ::kill(holder.id(), SIGKILL);
  holder.join();
  CHECK(block->with({}, nothing));
}

TEST_CASE("a child that goes on with its parent's memory counts with it, not beside it") {
  const TempFolder folder;
  const auto memory = st::make_quota_file(folder.file("limits")).value();
  const auto block = memory->block("a").value();
  Common& shared = common();
  constexpr int kRounds = 400;
  const auto count = [&] {
    for (int n = 0; n < kRounds; ++n) {
      (void)block->with({}, [&](st::Instant, std::span<std::int64_t> cells) {
        std::this_thread::sleep_for(20us);  // the other one's turn, if it could have it
        ++cells[7];
      });
    }
  };
  Child child([&] {
    shared.granted = 1;
    count();
  });
  while (shared.granted == 0) std::this_thread::yield();
  count();
  child.join();
  std::int64_t found = 0;
  REQUIRE(block->with({}, [&](st::Instant, std::span<std::int64_t> cells) { found = cells[7]; }));
  CHECK(found == 2 * kRounds);
}

TEST_CASE("a file of the earlier version is replaced, and nothing begins full in it") {
  const TempFolder folder;
  const std::string path = folder.file("limits");
  {
    std::ofstream old(path, std::ios::binary);
    const std::int64_t head[2] = {0x5354'4B4C'494D'4954, 1};
    old.write(reinterpret_cast<const char*>(head), sizeof(head));
    old << std::string(800'000, '\1');
  }
  st::QuotaTree tree(table(1h, 1), st::make_quota_file(path).value());
  CHECK_FALSE(tree.quota(tag(), "op").take(kStart, 1).granted);
  CHECK(tree.quota(tag(), "op").take(kStart + 61min, 1).granted);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator()) == 1);
}
