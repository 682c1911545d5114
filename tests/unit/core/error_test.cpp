// Errors: codes, kinds, public texts, details, and how results pass them on.
#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/visible_text.hpp>

#include <map>
#include <set>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

static_assert(sizeof(st::Error) == 32);
static_assert(std::is_nothrow_move_constructible_v<st::Result<std::string>>);

namespace {

st::Result<int> half(int value) {
  if (value % 2 != 0) return st::Error(st::Errc::invalid_argument, "odd").about("value");
  return value / 2;
}

st::Result<int> quarter(int value) {
  STK_TRY(const int once, half(value));
  STK_TRY(const int twice, half(once));
  return twice;
}

}  // namespace

TEST_CASE("a failure passes through STK_TRY unchanged") {
  REQUIRE(quarter(12).value() == 3);
  const auto failed = quarter(6);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().errc() == st::Errc::invalid_argument);
  CHECK(failed.error().details().field == "value");
}

TEST_CASE("value() of a failure throws the error itself") {
  try {
    (void)quarter(1).value();
    FAIL("no exception");
  } catch (const st::StockError& thrown) {
    CHECK(thrown.error().errc() == st::Errc::invalid_argument);
    CHECK(std::string(thrown.what()).find("odd") != std::string::npos);
  }
}

TEST_CASE("every code has a name, a kind and a public text that ends with a next step, and the kind is its condition") {
  for (int number = 1; number < 10'000; ++number) {
    const auto code = static_cast<st::Errc>(number);
    if (std::string(st::to_string(code)) == "internal" && code != st::Errc::internal) continue;
    CAPTURE(st::to_string(code));
    CHECK(st::errc_named(st::to_string(code)) == code);
    // What happened, and after the first full stop what to do.
    const std::string text = st::public_text(code);
    const std::size_t first_end = text.find(". ");
    CHECK(first_end > 10);
    CHECK(first_end + 10 < text.size());
    CHECK(text.back() == '.');
    CHECK(st::make_error_code(code) == st::kind_of(code));
    CHECK(std::string(st::to_string(st::kind_of(code))) != "");
  }
  CHECK(st::make_error_code(st::Errc::vendor_throttled) == st::ErrorKind::rate_limited);
  CHECK_FALSE(st::make_error_code(st::Errc::vendor_throttled) == st::ErrorKind::timeout);
  CHECK(st::kind_of(static_cast<st::Errc>(999'999)) == st::ErrorKind::internal);
  CHECK_FALSE(st::errc_named("no_such_code"));
}

TEST_CASE("each code is of the kind that decides what is done about it") {
  using E = st::Errc;
  using K = st::ErrorKind;
  const std::map<K, std::vector<E>> kinds{
      {K::invalid,
       {E::invalid_argument, E::invalid_text, E::out_of_range, E::vendor_rejected, E::import_refused, E::key_malformed,
        E::tenant_unset}},
      {K::not_found, {E::not_found, E::cursor_gone, E::key_missing}},
      {K::cancelled, {E::cancelled}},
      {K::timeout, {E::deadline_exceeded}},
      {K::unsupported, {E::unsupported, E::engine_forked, E::vendor_method_gone, E::store_newer, E::store_older}},
      {K::internal, {E::internal, E::store_sql, E::store_nested, E::store_wrong_plane}},
      {K::unavailable,
       {E::overloaded, E::io_failed, E::engine_closed, E::connect_failed, E::tls_failed, E::body_truncated,
        E::connection_lost, E::vendor_unavailable, E::vendor_rebuilt, E::breaker_open, E::store_busy, E::store_full,
        E::store_rolled_back, E::store_unreachable, E::key_command_failed}},
      {K::protocol, {E::body_too_large, E::vendor_schema, E::vendor_contradiction}},
      {K::denied,
       {E::address_refused, E::vendor_forbidden, E::store_read_only, E::store_unreadable, E::store_unwalled,
        E::key_exposed, E::tenant_suspended, E::tenant_mismatch, E::permission_denied}},
      {K::unauthenticated, {E::vendor_unauthorized, E::credentials_missing, E::token_invalid, E::token_expired}},
      {K::quota_exhausted, {E::vendor_payment_required}},
      {K::rate_limited, {E::vendor_throttled, E::quota_reached}},
      {K::conflict,
       {E::already_exists, E::store_constraint, E::run_in_progress, E::lease_lost, E::observation_too_old}},
      {K::corrupt, {E::store_corrupt, E::store_migration, E::ledger_broken, E::seal_broken, E::tenant_quarantined}}};
  std::set<E> all;
  for (const auto& [kind, codes] : kinds) {
    for (const E code : codes) {
      CAPTURE(to_string(code));
      CHECK(st::kind_of(code) == kind);
      all.insert(code);
    }
  }
  CHECK(all.size() == 65);
  std::set<std::string> names;
  for (int number = 1; number < 10'000; ++number) names.insert(st::to_string(static_cast<E>(number)));
  CHECK(names.size() == all.size());  // none is left out above
}

TEST_CASE("context is added without touching shared errors") {
  const st::Error original(st::Errc::vendor_throttled, "slow down");
  st::CallContext context;
  context.request_id = "r-1";
  context.tenant = st::kDefaultTenant;
  const st::Error more = st::Error(original)
                             .during("wildberries.cards_list")
                             .in(context)
                             .retry_after(std::chrono::milliseconds(1500))
                             .may_retry();
  CHECK(original.details().operation.empty());
  CHECK(more.details().request_id == "r-1");
  CHECK(more.details().tenant == st::kDefaultTenant.text());
  CHECK(more.retryable());
  CHECK(more.text() ==
        "vendor_throttled (rate_limited): slow down; operation wildberries.cards_list; retry after 1500 ms");
  CHECK(st::Error(st::Errc::run_in_progress)
            .retry_after(std::chrono::microseconds(599'983'214))
            .text()
            .ends_with("600 s"));
  CHECK(st::Error(st::Errc::run_in_progress).retry_after(std::chrono::microseconds(12'001)).text().ends_with("13 ms"));

  st::CallContext other;
  other.request_id = "r-2";
  other.tenant = st::TenantId(st::Uuid::v7(st::Instant::from_seconds(1), 1, 1));
  CHECK(st::Error(more).in(other).details().tenant == st::kDefaultTenant.text());
  CHECK(st::Error(more).in(other).details().request_id == "r-1");
}

TEST_CASE("an error is written as JSON with its cause") {
  st::ErrorDetails details;
  details.message = "a \"quoted\" word";
  details.vendor = "wildberries";
  details.http_status = 429;
  details.retry_after = std::chrono::seconds(20);
  const st::Error error = st::Error(st::Errc::vendor_throttled, details).because(st::Errc::connect_failed);
  CHECK(error.to_json() ==
        R"({"code":"vendor_throttled","kind":"rate_limited","message":"a \"quoted\" word","vendor":"wildberries",)"
        R"("http_status":429,"retry_after_us":20000000,"retryable":false,)"
        R"("cause":{"code":"connect_failed","kind":"unavailable","retryable":false}})");
}

TEST_CASE("whatever an error knows is in its text or its JSON") {
  st::ErrorDetails details;
  details.message = "m";
  details.operation = "o";
  details.field = "f";
  details.vendor = "v";
  details.vendor_code = "c";
  details.vendor_request_id = "v-1";
  details.request_id = "r-1";
  details.tenant = "t";
  details.account = "a";
  details.http_status = 503;
  details.attempts = 1;
  details.retry_after = std::chrono::microseconds(1'500'001);
  details.retryable = true;
  st::Error error(st::Errc::vendor_unavailable, details);
  CHECK(error.to_json() ==
        R"({"code":"vendor_unavailable","kind":"unavailable","message":"m","operation":"o","field":"f","vendor":"v",)"
        R"("vendor_code":"c","vendor_request_id":"v-1","request_id":"r-1","tenant":"t","account":"a",)"
        R"("http_status":503,"attempts":1,"retry_after_us":1500001,"retryable":true})");
  // One attempt is what everybody expects.
  CHECK(error.text() ==
        "vendor_unavailable (unavailable): m; field f; operation o; http 503; v c; vendor request v-1; "
        "retry after 1501 ms");
  error = std::move(error).tried(2).because(st::Error(st::Errc::connection_lost, "reset"));
  CHECK(error.text().ends_with("2 attempts; retry after 1501 ms; because connection_lost (unavailable): reset"));
}

TEST_CASE("a context turns its timeout into a deadline once") {
  const auto now = st::Instant::from_seconds(100);
  st::CallContext context;
  context.timeout = std::chrono::seconds(5);
  const auto started = context.started(now);
  CHECK(started.deadline == st::Instant::from_seconds(105));
  CHECK_FALSE(started.timeout);
  CHECK(started.started(st::Instant::from_seconds(104)).deadline == started.deadline);
  // The earlier of both counts.
  context.deadline = st::Instant::from_seconds(103);
  CHECK(context.started(now).deadline == context.deadline);
  context.deadline = st::Instant::from_seconds(107);
  CHECK(context.started(now).deadline == st::Instant::from_seconds(105));
  context.timeout.reset();
  CHECK(context.started(now).deadline == context.deadline);
  CHECK(started.check(st::Instant::from_seconds(104)));
  CHECK(started.check(st::Instant::from_seconds(105)).error().errc() == st::Errc::deadline_exceeded);

  std::stop_source source;
  st::CallContext stoppable;
  stoppable.stop = source.get_token();
  CHECK(stoppable.check(now));
  source.request_stop();
  CHECK(stoppable.check(now).error().errc() == st::Errc::cancelled);
  // A call that was stopped does not report a deadline that has passed as well.
  stoppable.deadline = now;
  CHECK(stoppable.check(now).error().errc() == st::Errc::cancelled);
}

TEST_CASE("every failure has a reason, with or without words of its own") {
  CHECK(st::reason_of(st::Error(st::Errc::vendor_rejected, "the date is wrong")) == "the date is wrong");
  CHECK(st::reason_of(st::Errc::deadline_exceeded) ==
        "deadline_exceeded: It took too long and was stopped. Try again later.");
  CHECK(st::reason_of(st::Errc::cancelled) == "cancelled: Stopped on request. Start it again if you need the result.");
  st::ErrorDetails details;
  details.http_status = 400;
  CHECK(st::reason_of(st::Error(st::Errc::vendor_rejected, details)) == "vendor_rejected: HTTP 400");
  details.vendor_code = "INVALID\nDATE";
  details.message = " \n\t";
  CHECK(st::reason_of(st::Error(st::Errc::vendor_rejected, details)) == "vendor_rejected: HTTP 400, INVALID DATE");
  details.http_status = 0;
  CHECK(st::reason_of(st::Error(st::Errc::vendor_rejected, details)) == "vendor_rejected: INVALID DATE");
  CHECK(st::reason_of(st::Error(st::Errc::vendor_rejected, "two\nlines")) == "two lines");
  for (int number = 1; number < 10'000; ++number) CHECK(st::reason_of(static_cast<st::Errc>(number)).size() > 12);
}

TEST_CASE("a text of others stands on one line and commands nothing") {
  CHECK(st::visible("Коледино €𝄞 \xC2\xA0") == "Коледино €𝄞 \xC2\xA0");
  CHECK(st::visible(std::string_view("a\0b\nc\x1b]0;x\x07\x7f", 12)) == "a b c ]0;x  ");
  CHECK(st::visible("\xC2\x9B"
                    "31m\xE2\x80\xAE\xE2\x80\xA8\xE2\x81\xA6|") == " 31m   |");
  CHECK(st::visible("\x9b"
                    "31m\xff\xC2") == "?31m??");
}

TEST_CASE("control characters in a marketplace's text do not reach the terminal that shows the error") {
  st::ErrorDetails details;
  details.message =
      "no\x1b[2J\xC2\x9B"
      "1A\x7f\xE2\x80\xAE"
      "end";
  details.vendor_code =
      "\xC2\x9D"
      "0;owned\xC2\x9C";
  const st::Error error(st::Errc::vendor_rejected, details);
  for (const std::string& text : {error.text(), reason_of(error), error.to_json()}) {
    CAPTURE(text);
    for (const char* bad : {"\x1b", "\xC2\x9B", "\xC2\x9D", "\xC2\x9C", "\x7f", "\xE2\x80\xAE"}) {
      CHECK(text.find(bad) == std::string::npos);
    }
  }
}
