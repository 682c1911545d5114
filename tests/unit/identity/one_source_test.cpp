// SQLite has no row security: what keeps statements about members correct there is that one source has them all.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "tests/support/catch.hpp"

TEST_CASE("one source of the library has every statement about members") {
  const std::regex names(R"re(\b(FROM|JOIN|UPDATE|INTO) (\(?)member\b|upsert\("member")re");
  std::set<std::string> sources;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("src")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path());
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (std::regex_search(text, names)) sources.insert(entry.path().generic_string());
  }
  CHECK(sources == std::set<std::string>{"src/identity/member_records.cpp"});
}
