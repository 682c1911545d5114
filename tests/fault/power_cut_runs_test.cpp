// Sellers of three marketplaces in a folder of two tenants, whose machine loses its power during their runs, or while a
// copy of their data is made or taken in.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/backup.hpp>

#include "tests/fault/cuts.hpp"
#include "tests/fault/disk_log.hpp"
#include "tests/fault/moment.hpp"
#include "tests/support/amiss.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

struct TwoTenants {
  explicit TwoTenants(int offers) { stores.tenants = true, stores.offers = offers; }
  TwoTenants(const TwoTenants&) = delete;
  TwoTenants& operator=(const TwoTenants&) = delete;
  ~TwoTenants() { stores = {}; }
};

void synced(const std::string& folder) {
  REQUIRE(each(folder, 0s, &Moment::connect));
  REQUIRE(each(folder, 1h, &Moment::sync));
}

// All files under a path by their names, but those that are empty or made anew at each opening.
std::map<std::string, std::string> content(const std::string& path) {
  std::map<std::string, std::string> all;
  const auto add = [&](const fs::path& file) {
    if (file.extension() == ".db-shm" || fs::file_size(file) == 0) return;
    std::ifstream in(file, std::ios::binary);
    all[fs::relative(file, path).string()] = {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  };
  if (fs::is_regular_file(path)) add(path);
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) add(entry.path());
    }
  }
  return all;
}

Picture picture_of(const st::Engine& engine, const st::CallContext& context) {
  Picture all;
  const auto accounts = engine.accounts().list(context).collect();
  if (!accounts) FAIL(accounts.error().text());
  for (const auto& account : accounts.value()) add_account(all, engine, account, context);
  REQUIRE(engine.ledger().verify(context).value().broken == 0);
  return all;
}

// Another installation, which takes in the first tenant.
struct Other {
  explicit Other(const std::string& folder)
      : engine(st::open({.path = folder + "/other/",
                         .key_file = folder + "/other.key",
                         .limits = st::LimitTable{},
                         .transport = std::make_shared<Sellers>(kSecondDay),
                         .clock = Sellers(kSecondDay).clock(),
                         .random = std::make_shared<st::testing::SeededRandom>(77),
                         .executor = st::make_inline_executor()})) {
    if (!engine) FAIL("open: " << engine.error().text());
  }
  // Nothing where the tenant is not there, or its import has not ended.
  [[nodiscard]] Picture anna() const {
    const auto tenant = engine.value().tenants().find("anna");
    if (!tenant || tenant.value().state == st::TenantState::creating) return {};
    return picture_of(engine.value(), {.tenant = tenant.value().id});
  }
  st::Result<st::Engine> engine;
};

// Something that is made of the data, and what shows that it is complete.
struct Copy {
  const char* name;
  void (*prepare)(const std::string& folder);
  st::Result<void> (*work)(const std::string& folder);
  const char* target;  // it is as it was when the work had ended, or not there
};

// When the work was last reported to be done: what comes after it, as the closing of its store, may never come.
std::size_t reported_at = 0;

template <class T>
st::Result<void> done(st::Result<T> result) {
  reported_at = disk_log::size();
  if (!result) return std::move(result).error();
  return st::success();
}

const Copy kCopies[] = {
    {"backup of all", synced,
     [](const std::string& f) { return done(Moment(f, kSecondDay).engine.value().backup(f + "/copy")); }, "copy"},
    {"backup of one tenant", synced,
     [](const std::string& f) {
       const Moment moment(f, kSecondDay);
       return done(moment.engine.value().backup(f + "/copy.db", moment.as(0).value()));
     },
     "copy.db"},
    {"export", synced,
     [](const std::string& f) {
       const Moment moment(f, kSecondDay);
       return done(moment.engine.value().export_tenant(f + "/anna.db", moment.as(0).value()));
     },
     "anna.db"},
    {"store from a backup",
     [](const std::string& f) {
       synced(f);
       REQUIRE(Moment(f, kSecondDay).engine.value().backup(f + "/copy"));
     },
     [](const std::string& f) { return done(st::restore_store(f + "/copy", f + "/second")); }, "second"},
};

struct Recorded {
  std::size_t base;
  std::size_t reported = 0;          // when the work said that it was done
  std::vector<std::size_t> turns{};  // since the base
};

// The work, recorded, in a folder where everything before it is on the disk.
template <class Work>
Recorded record(const std::string& disk, Work work) {
  disk_log::record(disk);
  Recorded log{disk_log::size()};
  const st::Result<void> ended = work();
  disk_log::stop();
  log.reported = reported_at;
  if (!ended) FAIL(ended.error().text());
  for (const std::size_t at : disk_log::turns()) {
    if (at >= log.base) log.turns.push_back(at);
  }
  REQUIRE(log.turns.size() > 10);
  return log;
}

// Calls `check(image, cut)` for a sample of cuts.
template <class Check>
void cut_everywhere(const TempFolder& folder, const Recorded& log, int sample, Check check) {
  const Cuts cuts(sample);
  REQUIRE(cuts.images > 0);
  for (int i = 0; i < cuts.images; ++i) {
    const std::uint64_t seed = cuts.seed + static_cast<std::uint64_t>(i);
    const std::size_t cut = seed % 4 == 1 ? log.reported : Cuts::place(seed, log.base, log.turns);
    INFO(Cuts::again(seed, cut));
    const std::string image = folder.file("image");
    disk_log::cut_power(cut, seed, image);
    check(image, cut);
    fs::remove_all(image);
    cuts.report(i + 1);
  }
}

}  // namespace

TEST_CASE("after a power cut at any moment of their runs the next runs of two tenants end as if undisturbed") {
  const TwoTenants two(8);
  const TempFolder folder;
  const std::string disk = folder.file("disk");
  fs::create_directory(disk);
  const Recorded log = record(disk, [&]() -> st::Result<void> {
    synced(disk);
    {
      const Moment moment(disk, 12h);
      STK_TRY(moment.engine.value().keys().rotate_master());
      STK_TRY(moment.engine.value().keys().rotate_data());
    }
    return done(each(disk, kSecondDay, &Moment::sync));
  });
  REQUIRE(log.base == 1);
  const std::string calm = folder.file("calm");
  fs::copy(disk, calm, fs::copy_options::recursive);
  const Picture expected = carry_on(calm);
  REQUIRE(kinds_in(expected).size() == 9);
  cut_everywhere(folder, log, 30, [&](const std::string& image, std::size_t) {
    const Picture seen = carry_on(image);
    for (const auto& [position, value] : expected) {
      CAPTURE(position);
      REQUIRE((seen.count(position) != 0 ? seen.at(position) : "nothing") == value);
    }
    REQUIRE(seen.size() == expected.size());
  });
}

TEST_CASE("after a power cut at any moment of a run that the guard holds the stock is what it was") {
  const TwoTenants two(40);
  const TempFolder folder;
  const std::string disk = folder.file("disk");
  fs::create_directory(disk);
  synced(disk);
  const auto stock = [](const std::string& f) {
    const Moment moment(f, kSecondDay);
    return stock_of(moment, 0);
  };
  const Picture before = stock(disk);
  REQUIRE(before.size() > 40);
  const Recorded log = record(disk, [&] { return done(held_run(disk)); });
  cut_everywhere(folder, log, 20, [&](const std::string& image, std::size_t) { REQUIRE(stock(image) == before); });
}

TEST_CASE("a copy that a power cut ends is complete or not there, and one that was reported is there") {
  const TwoTenants two(4);
  for (const Copy& copy : kCopies) {
    CAPTURE(copy.name);
    const TempFolder folder;
    const std::string disk = folder.file("disk");
    fs::create_directory(disk);
    copy.prepare(disk);
    const Recorded log = record(disk, [&] { return copy.work(disk); });
    const auto complete = content(disk + "/" + copy.target);
    REQUIRE_FALSE(complete.empty());
    int there = 0;
    cut_everywhere(folder, log, 24, [&](const std::string& image, std::size_t cut) {
      const std::string target = image + "/" + copy.target;
      if (fs::exists(target)) {
        ++there;
        REQUIRE(content(target) == complete);
      }
      if (cut >= log.reported) REQUIRE(fs::exists(target));
      REQUIRE(amiss(Moment(image, kAfterwards).engine.value().doctor()) == "");
      if (fs::exists(target)) return;
      const auto again = copy.work(image);
      if (!again) FAIL(again.error().text());
      REQUIRE(fs::exists(target));
    });
    CHECK((there > 0 || Cuts(2).images == 1));
  }
}

TEST_CASE("an import that a power cut ends leaves the complete tenant or none, and is made again") {
  const TwoTenants two(4);
  const TempFolder folder;
  const std::string disk = folder.file("disk");
  fs::create_directory(disk);
  synced(disk);
  REQUIRE(kCopies[2].work(disk));
  const auto import = [](const std::string& f) {
    return done(Other(f).engine.value().import_tenant(f + "/anna.db", "anna"));
  };
  const Recorded log = record(disk, [&] { return import(disk); });
  const Picture complete = Other(disk).anna();
  REQUIRE(complete.size() > 10);
  int made_again = 0;
  cut_everywhere(folder, log, 30, [&](const std::string& image, std::size_t cut) {
    const Picture found = Other(image).anna();
    if (found.empty()) {
      REQUIRE(cut < log.reported);
      ++made_again;
      REQUIRE(Other(image).engine.value().doctor());  // may find the file of an import that has not ended
      const auto again = import(image);
      if (!again) FAIL(again.error().text());
    }
    REQUIRE(amiss(Other(image).engine.value().doctor()) == "");
    REQUIRE(Other(image).anna() == complete);
  });
  CHECK((made_again > 0 || Cuts(2).images == 1));
}

TEST_CASE("a restore that a power cut or a kill ends leaves the tenant as before or after it, and is made again") {
  const TwoTenants two(4);
  const TempFolder folder;
  const std::string first = folder.file("first");
  fs::create_directory(first);
  REQUIRE(each(first, 0s, &Moment::connect));
  REQUIRE(Moment(first, 0s).engine.value().backup(first + "/copy"));
  REQUIRE(each(first, 1h, &Moment::sync));
  const auto anna = [](const std::string& f) {
    const Moment moment(f, kSecondDay);
    return picture_of(moment.engine.value(), moment.as(0).value());
  };
  const Picture older = anna(first);  // what the file holds without its log
  Picture newer;
  st::TenantId tenant;
  // A process that was killed has left the second day's run in the log beside the file.
  const Recorded run = record(first, [&]() -> st::Result<void> {
    const Moment moment(first, kSecondDay);
    STK_TRY(moment.run(0));
    tenant = moment.as(0).value().tenant;
    newer = picture_of(moment.engine.value(), {.tenant = tenant});
    return done(st::Result<void>(st::success()));
  });
  const std::string disk = folder.file("disk");
  disk_log::kill(run.reported, disk);
  REQUIRE(fs::file_size(disk + "/house/tenants/" + tenant.text() + ".db-wal") > 0);
  REQUIRE(older != newer);
  const auto restore = [](const Moment& moment) {
    return done(moment.engine.value().tenants().restore(moment.as(0).value().tenant, moment.folder + "/copy"));
  };
  // By the storage alone: what the tenants' service writes afterwards flushes more than was asked for.
  std::size_t began = 0;
  const Recorded log = record(disk, [&]() -> st::Result<void> {
    st::SqliteFolderOptions options;
    options.path = disk + "/house";
    options.schema = st::schema();
    STK_TRY(const auto storage, st::make_sqlite_folder(options));
    began = disk_log::size();
    return done(storage->restore_tenant(tenant, disk + "/copy", {}));
  });
  const Picture restored = anna(disk);
  REQUIRE(restored != older);
  REQUIRE(restored != newer);
  int as_before = 0;
  const auto check = [&](const std::string& image, std::size_t cut) {
    const Picture found = anna(image);
    REQUIRE((found == restored || (found == newer && cut < log.reported)));
    as_before += found == newer ? 1 : 0;
    REQUIRE(amiss(Moment(image, kAfterwards).engine.value().doctor()) == "");
    const Moment again(image, kSecondDay);
    if (again.engine.value().tenants().find("anna").value().state == st::TenantState::active) {
      REQUIRE(again.engine.value().tenants().suspend(tenant));
    }
    const auto made = restore(again);
    if (!made) FAIL(made.error().text());
    REQUIRE(picture_of(again.engine.value(), again.as(0).value()) == restored);
  };
  Recorded own = log;
  own.base = began;
  std::erase_if(own.turns, [&](std::size_t at) { return at < began; });
  cut_everywhere(folder, own, 30, check);
  // What the killed process had committed before is not lost either.
  REQUIRE(own.turns.size() > 10);
  for (const std::size_t at : own.turns) {
    CAPTURE(at, began, log.reported);
    const std::string image = folder.file("image");
    disk_log::kill(at, image);
    const Picture found = anna(image);
    REQUIRE((found == newer || (found == restored && at > began)));
    fs::remove_all(image);
  }
  CHECK((as_before > 0 || Cuts(2).images == 1));
}
