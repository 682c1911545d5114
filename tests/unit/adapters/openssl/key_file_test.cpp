// Key files: their lines, their modes, and how they are replaced.
#include <stocktracker/adapters/openssl.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

// 32 times 'A', 'B', 'C'.
constexpr const char* kA = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";
constexpr const char* kB = "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=";

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string key_file(const TempFolder& folder, std::string_view text, mode_t mode = 0600) {
  const std::string path = folder.write("keys", text);
  ::chmod(path.c_str(), mode);
  return path;
}

}  // namespace

TEST_CASE("key file: the first line is current, the others still open") {
  const TempFolder folder;
  const std::string path =
      key_file(folder, std::string("# keys of the shop\n\n  \nk-new ") + kA + "\r\nk-old " + kB + "\n");
  auto keys = st::make_key_file({.path = path}).value();
  CHECK(keys->current().value().id == "k-new");
  CHECK(revealed(keys->current().value().bytes) == std::string(32, 'A'));
  CHECK(revealed(keys->find("k-old").value().bytes) == std::string(32, 'B'));
  const auto missing = keys->find("k-gone");
  CHECK(missing.error().errc() == st::Errc::key_missing);
  CHECK(holds(missing.error().message(), "k-gone"));
  CHECK_FALSE(holds(keys->find("\x01\xff\n").error().message(), "\xff"));
}

TEST_CASE("key file: one that others can read is refused with the remedy") {
  const TempFolder folder;
  for (const mode_t mode : {0644U, 0640U, 0604U, 0660U, 0610U}) {
    const std::string path = key_file(folder, std::string("k-1 ") + kA + "\n", static_cast<mode_t>(mode));
    const auto exposed = st::make_key_file({.path = path});
    REQUIRE_FALSE(exposed);
    CHECK(exposed.error().errc() == st::Errc::key_exposed);
    CHECK(holds(exposed.error().message(), "chmod 600 " + path));
  }
  CHECK(st::make_key_file({.path = key_file(folder, std::string("k-1 ") + kA + "\n", 0400)}));
}

TEST_CASE("key file: malformed lines are named, never shown") {
  const TempFolder folder;
  const std::string a = kA;
  const std::string half = a.substr(0, 22);
  for (const std::string& line : std::vector<std::string>{
           "k-1",                            // no key
           "k-1 ",                           // an empty one
           "k-1 " + half,                    // a short one
           "k-1 " + a + "AAAA",              // a long one
           "k-1  " + a.substr(1),            // a space too many, of the right length
           "k-1 " + a.substr(0, 43) + "A",   // 33 bytes
           "k-1 " + a.substr(0, 42) + "==",  // 31 bytes
           "k-1 " + a.substr(0, 42) + "F=",  // bits that no 32 bytes have
           "k-1 " + std::string("====") + a.substr(4),
           "k-1 " + a.substr(0, 10) + "*" + a.substr(11),
           "k-1 " + a.substr(0, 10) + "-" + a.substr(11),  // another alphabet
           "k-1\t" + a,
           "kö " + a,
           " " + a,
           std::string(65, 'k') + " " + a,
           "k-0 " + std::string(kB) + " trailing",
       }) {
    INFO(line);
    const auto refused = st::make_key_file({.path = key_file(folder, "# first\n" + line + "\n")});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::key_malformed);
    CHECK(holds(refused.error().message(), "line 2"));
    CHECK_FALSE(holds(refused.error().text(), half));
  }
  const auto twice = st::make_key_file({.path = key_file(folder, "k-1 " + a + "\nk-1 " + kB + "\n")});
  CHECK(twice.error().errc() == st::Errc::key_malformed);
  CHECK(st::make_key_file({.path = key_file(folder, "# nothing\n")}).error().errc() == st::Errc::key_missing);
  CHECK(st::make_key_file({.path = key_file(folder, "")}).error().errc() == st::Errc::key_missing);
  CHECK(st::make_key_file({.path = key_file(folder, std::string(100'000, '#'))}).error().errc() ==
        st::Errc::key_malformed);
}

TEST_CASE("key file: made once, closed to others, and kept") {
  const TempFolder folder;
  const std::string path = folder.file("fresh");
  const auto missing = st::make_key_file({.path = path});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().errc() == st::Errc::key_missing);
  CHECK(holds(missing.error().message(), path));

  auto first = st::make_key_file({.path = path, .create = true}).value();
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  const auto key = first->current().value();
  CHECK(key.id.size() == 10);
  CHECK(key.id.rfind("k-", 0) == 0);
  CHECK(key.bytes.reveal().size() == 32);

  auto again = st::make_key_file({.path = path, .create = true}).value();
  CHECK(again->current().value().id == key.id);
  CHECK(again->current().value().bytes.equals(key.bytes));
  auto other = st::make_key_file({.path = folder.file("second"), .create = true}).value();
  CHECK_FALSE(other->current().value().bytes.equals(key.bytes));
}

TEST_CASE("key file: a path that is no file is reported") {
  const TempFolder folder;
  CHECK(st::make_key_file({.path = ""}).error().errc() == st::Errc::invalid_argument);
  CHECK(st::make_key_file({.path = folder.path()}).error().errc() == st::Errc::key_malformed);
  const std::string nowhere = folder.file("missing/keys");
  const auto failed = st::make_key_file({.path = nowhere, .create = true});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().errc() == st::Errc::io_failed);
  CHECK(holds(failed.error().message(), nowhere));
  const std::string pipe = folder.file("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(st::make_key_file({.path = pipe}).error().errc() == st::Errc::key_malformed);
}

TEST_CASE("keys come from a text as well, and its errors name where it came from and nothing of it") {
  const auto keys = st::make_key_text(
      st::Secret::copy_of(
          "new AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nold IAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
      "SOME_VARIABLE");
  REQUIRE(keys);
  CHECK(keys.value()->current().value().id == "new");
  CHECK(revealed(keys.value()->find("old").value().bytes).size() == 32);
  for (const char* text : {"", "k", "k canaryAAECAwQFBgc=", "# only a remark"}) {
    const auto refused = st::make_key_text(st::Secret::copy_of(text), "SOME_VARIABLE");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message().find("SOME_VARIABLE") != std::string::npos);
    CHECK(refused.error().to_json().find("canary") == std::string::npos);
  }
}
