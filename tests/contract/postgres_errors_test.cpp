// What the server reports, as the seam's errors; which of it is run again, and how often.
#include <stocktracker/adapters/postgres.hpp>

#include "tests/isolation/wall.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/postgres.hpp"

namespace st = stocktracker;

namespace {

constexpr st::Statement kFail{"fail", "SELECT public.fail(CAST($1 AS text), CAST($2 AS text))"};

struct House {
  House() {
    const std::string database = server.fresh_database();
    st::PostgresOptions options;
    options.schema = isolation::schema();
    options.url = server.owner(database);
    REQUIRE(st::migrate_postgres(options));
    server.run(database,
               "CREATE FUNCTION public.fail(state text, words text) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN IF "
               "state <> '' THEN RAISE EXCEPTION USING ERRCODE = state, MESSAGE = words, DETAIL = 'canary-5150'; END "
               "IF; RETURN 1; END $$");
    options.url = server.app(database);
    storage = st::make_postgres_storage(std::move(options)).value();
  }
  // Fails so often, then succeeds.
  st::Result<void> fail(const char* state, int times, const char* words = "on purpose") {
    runs = 0;
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(tx.query(kFail, {runs++ < times ? state : "", words}));
      return st::success();
    };
    return storage->control().transact({}, st::TransactMode::write, body);
  }

  PostgresServer& server = PostgresServer::shared();
  std::shared_ptr<st::Storage> storage;
  int runs = 0;
};

struct Meaning {
  const char* state;
  st::Errc code;
  bool retryable;
  const char* words = "on purpose";
};

constexpr Meaning kMeanings[]{
    {"ST404", st::Errc::not_found, false},
    {"42704", st::Errc::tenant_unset, false, "unrecognized configuration parameter \"stocktracker.tenant\""},
    {"42704", st::Errc::store_sql, false},
    {"22P02", st::Errc::tenant_unset, false, "invalid input syntax for type uuid: \"\""},
    {"22P02", st::Errc::store_sql, false},
    {"22021", st::Errc::invalid_text, false},
    {"22003", st::Errc::out_of_range, false},
    {"25006", st::Errc::store_read_only, false},
    {"42501", st::Errc::store_unwalled, false},
    {"55P03", st::Errc::store_busy, true},
    {"57014", st::Errc::store_busy, true},
    {"53100", st::Errc::store_full, true},
    {"53200", st::Errc::store_unreachable, true},
    {"53300", st::Errc::store_unreachable, true},
    {"08P01", st::Errc::store_sql, false},
    {"08006", st::Errc::store_unreachable, true},
    {"57P03", st::Errc::store_unreachable, true},
    {"23505", st::Errc::store_constraint, false},
    {"23503", st::Errc::store_constraint, false},
    {"23502", st::Errc::store_constraint, false},
    {"23514", st::Errc::store_constraint, false},
    {"28000", st::Errc::store_unreadable, false},
    {"3D000", st::Errc::store_unreadable, false},
    {"58030", st::Errc::io_failed, true},
    {"XX001", st::Errc::store_corrupt, false},
    {"XX002", st::Errc::store_corrupt, false},
    {"42P01", st::Errc::store_sql, false},
};

}  // namespace

TEST_CASE("each state that PostgreSQL reports has its meaning, and is reported without the rows that it quotes") {
  House house;
  for (const Meaning& meaning : kMeanings) {
    INFO(meaning.state << " " << meaning.words);
    const auto failed = house.fail(meaning.state, 1'000, meaning.words);
    REQUIRE_FALSE(failed);
    CHECK(to_string(failed.error().errc()) == std::string(to_string(meaning.code)));
    CHECK(failed.error().retryable() == meaning.retryable);
    CHECK(failed.error().details().vendor_code == meaning.state);
    CHECK(failed.error().details().operation == "fail");
    CHECK(failed.error().to_json().find("canary-5150") == std::string::npos);
    CHECK(house.runs == 1);  // none of these goes away by itself
  }
}

TEST_CASE("a body that PostgreSQL wants to be run again is run again from its beginning, and not without an end") {
  House house;
  for (const char* state : {"40001", "40P01", "0A000"}) {
    INFO(state);
    CHECK(house.fail(state, 3));
    CHECK(house.runs == 4);
  }
  const auto refused = house.fail("40001", 1'000);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::store_rolled_back);
  CHECK(refused.error().retryable());
  CHECK(house.runs == 40);
}

TEST_CASE("a failure that a body passes over is run again where the server wants that") {
  House house;
  int runs = 0;
  const auto careless = [&](st::Transaction& tx) -> st::Result<void> {
    ++runs;
    static_cast<void>(tx.query(kFail, {runs < 3 ? "40001" : "", "on purpose"}));
    return st::success();
  };
  CHECK(house.storage->control().transact({}, st::TransactMode::write, careless));
  CHECK(runs == 3);
}
