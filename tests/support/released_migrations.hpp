// What every released migration was: its texts in both dialects, and the checksums that stores hold of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
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
  return std::string("tests/unit/sql/released/") + released::plane_name(plane) + "_" + std::to_string(number) + "." +
         dialect + ".sql";
}

inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  INFO(path);
  REQUIRE(file.is_open());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline constexpr const char* kChecksums = "tests/unit/sql/released/checksums.txt";

/// In the order of plane and number.
inline const std::vector<Migration>& all() {
  static const std::vector<Migration> read = [] {
    std::vector<Migration> migrations;
    std::istringstream lines(text_of(kChecksums));
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
    std::sort(migrations.begin(), migrations.end(), [](const Migration& a, const Migration& b) {
      return a.plane != b.plane ? a.plane < b.plane : a.number < b.number;
    });
    return migrations;
  }();
  return read;
}

/// As the driver computes it: FNV-1a, 64 bits.
inline std::int64_t postgres_checksum(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<std::int64_t>(hash);
}

/// Writes down a new migration, for every version from now on.
inline void keep(const stocktracker::Migration& migration, std::int64_t sqlite_checksum) {
  std::ofstream(path_of(migration.plane, migration.number, "sqlite"), std::ios::binary) << migration.sqlite;
  std::ofstream(path_of(migration.plane, migration.number, "postgres"), std::ios::binary) << migration.postgres;
  std::ofstream(kChecksums, std::ios::app) << released::plane_name(migration.plane) << " " << migration.number << " "
                                           << sqlite_checksum << " " << postgres_checksum(migration.postgres) << "\n";
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
