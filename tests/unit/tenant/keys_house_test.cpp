// Keys are rotated beside a working engine: in a folder, and in integration_postgres on a server.
#include <fstream>

#include "tests/support/house.hpp"

namespace st = stocktracker;

namespace {

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string failure_of(const st::Result<st::SyncRun>& run) { return run ? std::string() : run.error().text(); }

}  // namespace

TEST_CASE("master and data keys are rotated under a working engine, and the old ones are needed by nothing") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  const st::CallContext as_anna{.tenant = anna};
  const auto account = house.seller(anna, house.first);
  house.seller(boris, house.second);
  const std::string path = house.folder.file("house.key");
  const std::string old_line = lines_of(path).at(0);

  auto working = house.open(house.first);
  CHECK(failure_of(working.sync().run(account, as_anna)) == "");
  auto keys = house.open(house.first).keys();
  const auto master = keys.rotate_master().value();
  CHECK(master.made == 1);
  CHECK(master.sealed_anew == 2);
  CHECK(master.left == 0);
  CHECK(failure_of(working.sync().run(account, as_anna)) == "");
  const auto data = keys.rotate_data().value();
  CHECK(data.made == 2);
  CHECK(data.sealed_anew >= 2);
  CHECK(data.failures.empty());
  // It holds the older data key alone, and looks for the one that it meets.
  CHECK(failure_of(working.sync().run(account, as_anna)) == "");
  REQUIRE(working.accounts().connect(st::wildberries::credentials(house.first.token(st::Channel::wildberries)), {},
                                     as_anna));

  // The connecting may have been sealed by the older key; one more pass, and the old ones can go.
  CHECK(keys.rotate_data().value().left == 0);
  house.first.clock()->advance(std::chrono::minutes(61));
  CHECK(keys.discard_unused().value().deleted >= 2);
  const auto status = keys.status().value();
  REQUIRE(status.master.size() == 2);
  CHECK(status.master[0].current);
  CHECK(status.master[0].id == master.current);
  CHECK(status.master[1].unused());
  CHECK(status.master[1].id == old_line.substr(0, old_line.find(' ')));
  for (const auto& use : status.data) CHECK(use.sealed_by == master.current);
  const std::string new_line = lines_of(path).at(0);
  std::ofstream(path) << new_line << "\n";
  CHECK(failure_of(house.open(house.first).sync().run(account, as_anna)) == "");
  CHECK(failure_of(working.sync().run(account, as_anna)) == "");

  // The stolen old key opens nothing of it.
  std::ofstream(path) << old_line << "\n";
  CHECK(house.open(house.first).sync().run(account, as_anna).error().errc() == st::Errc::key_missing);
}

TEST_CASE("an engine without keys has none to rotate") {
  House house;
  house.tenant("anna");
  auto keys = house.open(house.first, false).keys();
  CHECK(keys.status().error().errc() == st::Errc::key_missing);
  CHECK(keys.rotate_master().error().errc() == st::Errc::key_missing);
  CHECK(keys.rotate_data().error().errc() == st::Errc::key_missing);
  CHECK(keys.discard_unused().error().errc() == st::Errc::key_missing);
}
