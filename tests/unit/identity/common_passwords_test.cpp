// The list of common passwords: what is in it, what a file may hold.
#include <stocktracker/identity/common_passwords.hpp>

#include <filesystem>

#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

bool has(const st::CommonPasswords& list, std::string_view password) {
  return list.contains(st::Secret::copy_of(password));
}

}  // namespace

TEST_CASE("a listed password is found in any letter case, and no part or longer one") {
  const st::CommonPasswords list({"dragon", "Password", "dragon", "", "qwerty123", "пароль"});
  CHECK(list.size() == 4);
  for (const char* common : {"dragon", "DRAGON", "password", "Qwerty123", "пароль"}) CHECK(has(list, common));
  for (const char* other : {"", "drago", "dragons", "dragon ", "qwerty", "Пароль"}) CHECK_FALSE(has(list, other));
  CHECK_FALSE(has(list, std::string_view("dragon\0", 7)));
}

TEST_CASE("a file has a word a line, whatever ends the lines") {
  const TempFolder folder;
  const auto list = st::CommonPasswords::from_file(folder.write("words", "b\r\na\n\n\nB\nlast")).value();
  CHECK(list.size() == 3);
  for (const char* word : {"a", "b", "last"}) CHECK(has(list, word));
}

TEST_CASE("a file that is missing, empty, too large or a folder is refused with its name") {
  const TempFolder folder;
  const auto refused = [](const std::string& path) {
    const auto list = st::CommonPasswords::from_file(path);
    REQUIRE_FALSE(list);
    CHECK(list.error().details().field == "path");
    CHECK(list.error().message().find(path) != std::string::npos);
    return list.error().errc();
  };
  CHECK(refused(folder.file("none")) == st::Errc::io_failed);
  CHECK(refused(folder.path()) == st::Errc::io_failed);
  CHECK(refused(folder.write("words", "")) == st::Errc::invalid_text);
  CHECK(refused(folder.write("words", "\n\r\n\n")) == st::Errc::invalid_text);
  const std::string large = folder.write("words", "word");
  std::filesystem::resize_file(large, st::CommonPasswords::kMostBytes + 1);  // of zero bytes, without disk space
  CHECK(refused(large) == st::Errc::invalid_text);
}
