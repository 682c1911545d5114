// Backups and exports delete nothing that they did not make, and replace nothing that is there.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/sqlite/draft.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/house.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;
using st::sqlite::Draft;

namespace {

bool no_exclusive_rename = false;
bool no_hard_links = false;

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// File systems that know neither, as FAT or some network's.
struct PoorFileSystem {
  explicit PoorFileSystem(bool links) {
    no_exclusive_rename = true;
    no_hard_links = !links;
  }
  ~PoorFileSystem() { no_exclusive_rename = no_hard_links = false; }
};

}  // namespace

// The library calls these instead of the C library's.
extern "C" {
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  if (no_exclusive_rename) {
    errno = EINVAL;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}
int link(const char* from, const char* to) noexcept {
  if (no_hard_links) {
    errno = EPERM;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}
}

TEST_CASE("what lies beside a target under a draft's name is left as it is") {
  House house;
  const auto anna = house.tenant("anna");
  auto engine = house.open(house.first);
  const std::string copy = house.folder.file("copy");
  write(copy + ".part", "somebody's own");
  fs::create_directory(house.folder.file(".copy.part.AAAAAA"));
  write(house.folder.file(".copy.part.AAAAAA/copy"), "of a process that was killed");
  const auto untouched = [&] {
    CHECK(read(copy + ".part") == "somebody's own");
    CHECK(read(house.folder.file(".copy.part.AAAAAA/copy")) == "of a process that was killed");
    CHECK(entries(house.folder.path()) == 5);  // the house, its key, what lay there, the target
    fs::remove_all(copy);
  };
  REQUIRE(engine.backup(copy));  // a folder
  untouched();
  REQUIRE(engine.backup(copy, {.tenant = anna}));
  untouched();
  REQUIRE(engine.export_tenant(copy, {.tenant = anna}));
  untouched();
  // A folder full of things, where a draft used to be cleared away.
  fs::remove(copy + ".part");
  fs::create_directory(copy + ".part");
  write(copy + ".part/letter", "somebody's own");
  REQUIRE(engine.backup(copy));
  CHECK(read(copy + ".part/letter") == "somebody's own");
}

TEST_CASE("of two that make one target the second is refused at once") {
  House house;
  const auto anna = house.tenant("anna");
  auto engine = house.open(house.first);
  const std::string copy = house.folder.file("copy");
  Signal holds;
  Signal go;
  ChildProcess other([&] {
    const auto draft = Draft::begin(copy);
    holds.send_signal();
    go.wait();
    return draft ? 0 : 1;
  });
  holds.wait();
  for (const auto& refused : {engine.backup(copy), engine.backup(copy, {.tenant = anna})}) {
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::store_busy);
    CHECK(refused.error().message().find("another process is making " + copy) != std::string::npos);
  }
  CHECK(engine.export_tenant(copy, {.tenant = anna}).error().errc() == st::Errc::store_busy);
  go.send_signal();
  CHECK(other.code() == 0);
  CHECK(engine.backup(copy));
}

TEST_CASE("a target that appears while it is being made is left as it is, on every file system") {
  for (const int kind : {0, 1, 2}) {
    INFO("kind of file system " << kind);
    const auto poor = kind == 0 ? nullptr : std::make_unique<PoorFileSystem>(kind == 1);
    TempFolder folder;
    const std::string target = folder.file("target");
    {
      const auto draft = Draft::begin(target).value();
      write(draft->path(), "ours");
      write(target, "theirs");
      const auto placed = draft->become_target();
      CHECK(placed.error().errc() == st::Errc::invalid_argument);
      CHECK(placed.error().details().field == "target");
    }
    CHECK(read(target) == "theirs");
    fs::remove(target);
    {
      const auto draft = Draft::begin(target).value();
      fs::create_directory(draft->path());
      write(draft->path() + "/file", "ours");
      fs::create_directory(target);
      CHECK(draft->become_target().error().errc() == st::Errc::invalid_argument);
    }
    CHECK(entries(target) == 0);
    CHECK(entries(folder.path()) == 1);  // no draft
  }
}

TEST_CASE("backups and exports are made on file systems without hard links") {
  for (const bool links : {true, false}) {
    House house;
    const auto anna = house.tenant("anna");
    auto engine = house.open(house.first);
    const PoorFileSystem poor(links);
    REQUIRE(engine.backup(house.folder.file("all")));
    REQUIRE(engine.backup(house.folder.file("anna.db"), {.tenant = anna}));
    REQUIRE(engine.export_tenant(house.folder.file("export.db"), {.tenant = anna}));
    CHECK(entries(house.folder.path()) == 5);
    CHECK(st::open({.path = house.folder.file("all"), .read_only = true}));
    CHECK(engine.backup(house.folder.file("anna.db"), {.tenant = anna}).error().details().field == "target");
    REQUIRE(engine.tenants().suspend(anna));
    CHECK(engine.tenants().restore(anna, house.folder.file("anna.db")));
  }
}

TEST_CASE("a restore that was killed leaves nothing of a tenant that is removed afterwards") {
  House house;
  const auto anna = house.tenant("anna");
  auto engine = house.open(house.first);
  const std::string tenants = house.folder.file("house") + "/tenants/";
  const std::string left = tenants + "." + anna.text() + ".db.part.AAAAAA";
  fs::create_directory(left);
  write(left + "/copy", "the tenant's data");
  REQUIRE(engine.tenants().remove(anna));
  CHECK(entries(tenants) == 0);
}
