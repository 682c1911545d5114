#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <new>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/testing/limiter_contract.hpp>

#include "tests/support/catch_check.hpp"
#include "tests/support/scratch_folder.hpp"

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

// Seen by children that are forked afterwards.
Common& common() {
  void* const memory = ::mmap(nullptr, sizeof(Common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return *new (memory) Common;
}

}  // namespace

TEST_CASE("the limiter over a file keeps the limiter contract") {
  const ScratchFolder folder;
  int files = 0;
  const auto make = [&](st::LimitTable limits) -> st::Result<std::unique_ptr<st::QuotaTree>> {
    STK_TRY(auto memory, st::make_quota_file(folder.file("limits-" + std::to_string(files++))));
    return std::make_unique<st::QuotaTree>(std::move(limits), std::move(memory));
  };
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CatchCheck check;
    st::testing::limiter_contract(make, check, seed);
    CHECK(check.expectations() > 500);
  }
}

TEST_CASE("four processes get exactly what one would") {
  const ScratchFolder folder;
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
  const ScratchFolder folder;
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

TEST_CASE("a process that dies with the lock leaves the file usable") {
  const ScratchFolder folder;
  const std::string path = folder.file("limits");
  const pid_t child = ::fork();
  if (child == 0) {
    auto memory = st::make_quota_file(path);
    (void)memory.value()->block("a").value()->with({}, [](st::Instant, std::span<std::int64_t> words) {
      words[7] = 42;
      ::_exit(0);
    });
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto memory = st::make_quota_file(path).value();
  for (int n = 0; n < 2; ++n) {
    const auto block = memory->block("a").value();
    std::int64_t found = 0;
    CHECK(block->with({}, [&](st::Instant, std::span<std::int64_t> words) { found = words[7]; }));
    CHECK(found == 42);
  }
}

TEST_CASE("files that are no limits files are named and left alone") {
  const ScratchFolder folder;
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

TEST_CASE("when no place is left, a seller is still counted here") {
  const ScratchFolder folder;
  const auto memory = st::make_quota_file(folder.file("limits")).value();
  for (int n = 0; n < 256; ++n) REQUIRE(memory->block(std::to_string(n)));
  CHECK(memory->block("one more").error().errc() == st::Errc::overloaded);
  st::QuotaTree tree(table(1h, 1), memory);
  CHECK(tree.quota(tag(), "op").take(kStart, 1).granted);
  CHECK_FALSE(tree.quota(tag(), "op").take(kStart, 1).granted);
}
