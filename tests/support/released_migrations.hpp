// What every released migration was: its texts in both dialects, and the checksums that stores hold of them.
#pragma once

#include <cstdint>
#include <deque>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <stocktracker/assembly/open.hpp>

#include "tests/support/catch.hpp"

namespace released {

struct Migration {
  stocktracker::Plane plane = stocktracker::Plane::tenant;
  int number = 0;
  std::int64_t sqlite_checksum = 0;
  std::int64_t postgres_checksum = 0;
  std::string sqlite;
  std::string postgres;
};

inline const char* plane_name(stocktracker::Plane plane) {
  return plane == stocktracker::Plane::control ? "control" : "tenant";
}

/// Tests run in the root of the sources.
inline std::string path_of(stocktracker::Plane plane, int number, const std::string& dialect) {
  return std::string("tests/unit/sql/released/") + plane_name(plane) + "_" + std::to_string(number) + "." + dialect +
         ".sql";
}

inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  INFO(path);
  REQUIRE(file.is_open());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// In the order in which a new store gets them.
inline const std::vector<Migration>& all() {
  static const std::vector<Migration> read = [] {
    std::vector<Migration> migrations;
    std::istringstream lines(text_of("tests/unit/sql/released/checksums.txt"));
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line.front() == '#') continue;
      std::istringstream words(line);
      std::string plane;
      Migration one;
      words >> plane >> one.number >> one.sqlite_checksum >> one.postgres_checksum;
      INFO(line);
      REQUIRE((words && (plane == "control" || plane == "tenant")));
      one.plane = plane == "control" ? stocktracker::Plane::control : stocktracker::Plane::tenant;
      one.sqlite = text_of(path_of(one.plane, one.number, "sqlite"));
      one.postgres = text_of(path_of(one.plane, one.number, "postgres"));
      migrations.push_back(std::move(one));
    }
    return migrations;
  }();
  return read;
}

/// The schema of an older version: the first migrations of each plane, as they were released.
inline std::vector<stocktracker::Migration> of_version(int control, int tenant) {
  std::vector<stocktracker::Migration> migrations;
  for (const Migration& one : all()) {
    if (one.number > (one.plane == stocktracker::Plane::control ? control : tenant)) continue;
    migrations.push_back({one.plane, one.number, "released", one.sqlite, one.postgres});
  }
  return migrations;
}

inline int newest(stocktracker::Plane plane) {
  int number = 0;
  for (const Migration& one : all()) number = one.plane == plane ? one.number : number;
  return number;
}

}  // namespace released
