// The key file and the sealer together: a file is made once, exposed and malformed ones are refused.
#include <sys/stat.h>

#include <fstream>

#include <stocktracker/adapters/openssl.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

void write(const std::string& path, const std::string& text, mode_t mode = 0600) {
  std::ofstream(path) << text;
  ::chmod(path.c_str(), mode);
}

constexpr const char* kA = "a AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
constexpr const char* kB = "b ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n";
constexpr st::SealContext kWhere{"tenant", "credential", "sealed", "row"};

}  // namespace

TEST_CASE("a key file is made once, private, and read again") {
  const TempFolder folder;
  const std::string path = folder.file("key");
  CHECK(st::make_key_file({.path = path}).error().errc() == st::Errc::key_missing);
  auto made = st::make_key_file({.path = path, .create = true}).value();
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  auto again = st::make_key_file({.path = path, .create = true}).value();
  CHECK(made->current().value().id == again->current().value().id);
  CHECK(made->current().value().bytes.equals(again->current().value().bytes));
  CHECK(revealed(made->current().value().bytes).size() == 32);
}

TEST_CASE("exposed, malformed and empty key files are refused, with the remedy") {
  const TempFolder folder;
  const std::string path = folder.file("key");
  write(path, kA, 0644);
  const auto exposed = st::make_key_file({.path = path});
  CHECK(exposed.error().errc() == st::Errc::key_exposed);
  CHECK(exposed.error().message().find("chmod 600 " + path) != std::string::npos);
  for (const std::string& text :
       {std::string("nonsense\n"), std::string("a short\n"), std::string("a ") + std::string(44, '='),
        std::string("a/b ") + (kA + 2), std::string(kA) + kA}) {
    write(path, text);
    CHECK(st::make_key_file({.path = path}).error().errc() == st::Errc::key_malformed);
  }
  write(path, "# only a comment\n\n");
  CHECK(st::make_key_file({.path = path}).error().errc() == st::Errc::key_missing);
  CHECK(st::make_key_file({.path = folder.path().string()}).error().errc() == st::Errc::key_malformed);
}

TEST_CASE("sealed texts open only unchanged, in their place, under their key") {
  const TempFolder folder;
  const std::string path = folder.file("key");
  write(path, kA);
  auto sealer = st::make_sealer(st::make_key_file({.path = path}).value());
  const auto secret = st::Secret::copy_of("canary-secret-51c2");
  const std::string sealed = sealer->seal(secret, kWhere).value();
  CHECK(sealed.find("canary") == std::string::npos);
  CHECK(sealed != sealer->seal(secret, kWhere).value());
  CHECK(sealer->open(sealed, kWhere).value().equals(secret));
  CHECK(sealer->open(sealer->seal(st::Secret(), kWhere).value(), kWhere).value().empty());

  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CAPTURE(at);
    CHECK_FALSE(sealer->open(changed, kWhere));
    CHECK_FALSE(sealer->open(sealed.substr(0, at), kWhere));
  }
  for (const st::SealContext& other : {st::SealContext{"other", "credential", "sealed", "row"},
                                       st::SealContext{"tenant", "credentials", "ealed", "row"},
                                       st::SealContext{"tenant", "credential", "sealed", "row2"}}) {
    CHECK(sealer->open(sealed, other).error().errc() == st::Errc::seal_broken);
  }

  write(path, std::string(kB) + kA);  // rotated: b is current, a still opens
  auto rotated = st::make_sealer(st::make_key_file({.path = path}).value());
  CHECK(rotated->open(sealed, kWhere).value().equals(secret));
  write(path, kB);
  auto without = st::make_sealer(st::make_key_file({.path = path}).value());
  CHECK(without->open(sealed, kWhere).error().errc() == st::Errc::key_missing);
}
