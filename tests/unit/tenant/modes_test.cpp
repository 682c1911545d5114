// No file of a store can be read by other users of the machine, whatever the umask.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/amiss.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/house.hpp"
#include "tests/support/shop.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;

namespace {

struct Umask {
  explicit Umask(mode_t mask) : before(::umask(mask)) {}
  ~Umask() { ::umask(before); }
  const mode_t before;
};

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

// How many files there were.
int all_private(const fs::path& folder) {
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    INFO(entry.path());
    CHECK(mode_of(entry.path()) == (entry.is_directory() ? 0700 : 0600));
    ++files;
  }
  return files;
}

bool names_mode(const std::vector<st::StorageFinding>& findings, const std::string& path) {
  return std::any_of(findings.begin(), findings.end(), [&](const auto& finding) {
    return !finding.ok && finding.subject.ends_with("mode") && finding.detail.find(path) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("stores, backups and exports are their owner's alone, even where the umask hides nothing") {
  const Umask nothing(0);
  House house;
  const auto anna = house.tenant("anna");
  house.seller(anna, house.first);
  auto engine = house.open(house.first);
  CHECK(engine.stock().columns({}, {.tenant = anna}));
  CHECK(all_private(house.folder.file("house")) >= 7);  // two stores with log and shared memory, the folder
  REQUIRE(engine.backup(house.folder.file("all")));
  REQUIRE(engine.backup(house.folder.file("anna.db"), {.tenant = anna}));
  REQUIRE(engine.export_tenant(house.folder.file("export.db"), {.tenant = anna}));
  REQUIRE(engine.tenants().suspend(anna));
  REQUIRE(engine.tenants().restore(anna, house.folder.file("anna.db")));
  Shop shop({.seed = 5, .offers = 20}, house.folder.file("shop.db"));
  shop.sync();
  REQUIRE(shop.engine.backup(house.folder.file("shop-copy.db")));
  REQUIRE(engine.import_tenant(house.folder.file("shop.db"), "shop"));  // converted first
  CHECK(all_private(house.folder.path()) >= 18);
  // At the end of a link that leads nowhere yet.
  fs::create_symlink("linked.db", house.folder.file("link.db"));
  REQUIRE(st::open({.path = house.folder.file("link.db")}));
  CHECK(mode_of(house.folder.file("linked.db")) == 0600);
}

TEST_CASE("a store that two processes make at once is its owner's alone") {
  const Umask nothing(0);
  for (int round = 0; round < 10; ++round) {
    TempFolder folder;
    const std::string path = folder.file("shop.db");
    Signal go;
    ChildProcess other([&] {
      go.wait();
      return st::open({.path = path}) ? 0 : 1;
    });
    go.send_signal();
    const auto ours = st::open({.path = path});
    CHECK(ours);
    CHECK(other.code() == 0);
    all_private(folder.path());
  }
}

TEST_CASE("a store that others can read keeps its mode, and doctor names it") {
  House house;
  const auto anna = house.tenant("anna");
  const std::string root = house.folder.file("house");
  const std::string file = root + "/tenants/" + anna.text() + ".db";
  {
    auto engine = house.open(house.first);
    CHECK(amiss(engine.doctor()) == "");
    REQUIRE(engine.backup(house.folder.file("anna.db"), {.tenant = anna}));
  }
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  REQUIRE(::chmod((root + "/control.db").c_str(), 0640) == 0);  // a group that somebody chose
  auto engine = house.open(house.first);
  REQUIRE(engine.tenants().suspend(anna));
  REQUIRE(engine.tenants().restore(anna, house.folder.file("anna.db")));
  CHECK(mode_of(file) == 0644);
  const auto findings = engine.doctor().value();
  CHECK(names_mode(findings, file));
  CHECK_FALSE(names_mode(findings, root + "/control.db"));
  // It is a finding about the file, not about the data.
  CHECK(engine.tenants().find("anna").value().state == st::TenantState::suspended);
  CHECK(std::any_of(findings.begin(), findings.end(), [](const auto& finding) {
    return finding.subject == "ledger" && finding.detail.find("of 1 tenants") != std::string::npos;
  }));
}
