// Each incident is a folder: day.txt is what the marketplace answers and what is done, expected.txt what must be shown.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/golden/replay.hpp"
#include "tests/support/catch.hpp"

namespace {

const std::filesystem::path kFolder = "tests/golden";

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  INFO(file.string());
  REQUIRE(stream);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void check(const std::string& incident) {
  const std::filesystem::path folder = kFolder / incident;
  const std::string shown = replay(text_of(folder / "day.txt"));
  REQUIRE(shown.find("\n  ") != std::string::npos);  // something was shown
  const char* const mode = std::getenv("STK_GOLDEN");
  if (mode != nullptr && std::string(mode) == "write") {
    std::ofstream(folder / "expected.txt", std::ios::binary) << shown;
    WARN("written anew: " << incident);
  }
  CHECK(shown == text_of(folder / "expected.txt"));
}

}  // namespace

TEST_CASE("incident: a fetch that failed made all stock zero") { check("failed_fetch"); }
TEST_CASE("incident: an article showed 475 of 3,459, since the rest was in the seller's warehouses") {
  check("both_sources");
}
TEST_CASE("incident: goods in transit were shown as warehouses") { check("transit_rows"); }
TEST_CASE("incident: warehouses with a word in common became one") { check("warehouse_names"); }
TEST_CASE("incident: orders were counted too high, then too low") { check("one_order_definition"); }
TEST_CASE("incident: stock that had not changed for a week was hidden") { check("unchanged_stock"); }
TEST_CASE("incident: turnover had six formulas") { check("one_turnover"); }
TEST_CASE("incident: retries never came, and Retry-After was misread") { check("retries"); }
TEST_CASE("incident: one seller's limit stopped all sellers") { check("limits_per_account"); }
TEST_CASE("incident: orders of a warehouse were invented pro rata") { check("orders_per_warehouse"); }
TEST_CASE("incident: naive times were compared with times of a zone") { check("naive_times"); }
TEST_CASE("incident: the check of a key accepted every key") { check("key_check"); }
TEST_CASE("incident: who registered twice at one moment became two") { check("registration_race"); }

TEST_CASE("incident: two programs read one seller with one token") { check("two_readers"); }

TEST_CASE("each folder of an incident is replayed by a case of its own") {
  std::ifstream own(kFolder / "golden_incidents.cpp", std::ios::binary);
  std::ostringstream source;
  source << own.rdbuf();
  std::size_t folders = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (!entry.is_directory()) continue;
    ++folders;
    INFO(entry.path().string());
    CHECK(source.str().find("check(\"" + entry.path().filename().string() + "\");") != std::string::npos);
  }
  CHECK(folders == 14);
}
