// Names of stores: mistyped URLs, empty names, folders without tenants.
#include <filesystem>
#include <fstream>

#include "server/app/database_url.hpp"
#include "server/app/open_store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using server::refusal_of_db;

TEST_CASE("a mistyped URL is not taken for a path, and its password is not repeated") {
  for (const char* db : {"shop.db", "/srv/shops/", "./a b.db", ":memory:", "postgresql://shop@db/shop",
                         "postgres://shop@db/shop?sslmode=verify-full"}) {
    CAPTURE(db);
    CHECK(refusal_of_db(db).empty());
  }
  for (const char* db : {"Postgresql://shop:secret@db/shop", " postgresql://shop:secret@db/shop",
                         "POSTGRES://shop:secret@db/shop/", "mysql://shop:secret@db/shop",
                         "\"postgresql://shop:secret@db/shop\"", "host=db user=shop password=secret", ""}) {
    CAPTURE(db);
    CHECK_FALSE(refusal_of_db(db).empty());
    CHECK(refusal_of_db(db).find("secret") == std::string::npos);
  }
}

TEST_CASE("a folder without tenants is a missing store, and commands that work with accounts leave it empty") {
  const TempFolder folder;
  server::Session session;
  session.db = folder.file("shops") + "/";
  std::filesystem::create_directory(session.db);
  const auto read = server::open_for_reading(session);
  const auto work = server::open_for_work(session, {}, false);
  for (const auto* opened : {&read, &work}) {
    REQUIRE_FALSE(*opened);
    CHECK(opened->error().errc() == st::Errc::not_found);
    CHECK(opened->error().message().find("tenant create NAME --db " + session.db) != std::string::npos);
  }
  CHECK(std::filesystem::is_empty(session.db));
}

TEST_CASE("a path that cannot be looked at is no missing store") {
  const TempFolder folder;
  server::Session session;
  session.db = folder.file("loop");
  std::filesystem::create_symlink(session.db, session.db);  // as a folder without permission, which root has
  for (const char* end : {"", "/"}) {
    session.db += end;
    const auto opened = server::open_for_reading(session);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().errc() == st::Errc::store_unreadable);
  }
}

TEST_CASE("the command that a message names can be typed as it is, and has no URL in it") {
  server::Session session;
  session.db = "shops/склад-1.db";
  session.tenant = "anna";
  CHECK(server::options_of_store(session) == "--db shops/склад-1.db --tenant anna");
  session.db = "my shop's.db";
  session.tenant = "Anna $HOME";
  CHECK(server::options_of_store(session) == R"(--db 'my shop'\''s.db' --tenant 'Anna $HOME')");
  session.tenant.clear();
  session.db = "postgresql://shop:secret@db/shop";
  CHECK(server::options_of_store(session) == "--db URL");
}
