// Errors as a person reads them.
#include "server/render/failure.hpp"

#include <chrono>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using server::failure_text;

TEST_CASE("a wrong option is reported with its name and without a code") {
  const auto text = failure_text(st::Error(st::Errc::invalid_argument, "must be 1 to 365").about("--days"));
  CHECK(text.reason == "--days must be 1 to 365");
  CHECK(text.next_step == "Correct it and try again.");
  CHECK(text.support.empty());
}

TEST_CASE("a wrong value is reported without the library's type that has checked it") {
  const auto reason_for = [](const char* message, const char* field) {
    return failure_text(st::Error(st::Errc::invalid_argument, message).about(field)).reason;
  };
  CHECK(reason_for("CurlOptions: proxy must be an http address", "proxy") == "proxy must be an http address");
  CHECK(reason_for("ozon::Options: host must be https", "host") == "host must be https");
  CHECK(reason_for("TenantSettings: zone must not be empty; brand is too long", "zone") ==
        "zone must not be empty; brand is too long");
  CHECK(reason_for("UserProfile: name must have 1 byte", "name") == "name must have 1 byte");
  // What is no type stays: the name of an option, a sentence, a text that ends with the name.
  CHECK(reason_for("--as-of: 'x' is not a time", "--as-of") == "--as-of: 'x' is not a time");
  CHECK(reason_for("these are Options: they exclude each other", "keys") ==
        "these are Options: they exclude each other");
  CHECK(reason_for("Options", "keys") == "Options");
}

TEST_CASE("advice in a message is the next step") {
  const auto text = failure_text(st::Error(st::Errc::invalid_argument, "x is there already; name another"));
  CHECK(text.reason == "x is there already");
  CHECK(text.next_step == "Name another.");
  const auto owner = failure_text(st::Error(st::Errc::invalid_argument, "no other owner; transfer the ownership"));
  CHECK(owner.next_step == "Transfer the ownership.");
  // A command is copied as it stands.
  const auto command =
      failure_text(st::Error(st::Errc::not_found, "no store; create one: stocktracker migrate --db x"));
  CHECK(command.next_step == "Create one: stocktracker migrate --db x");
}

TEST_CASE("a marketplace's failure has a plain reason, its own wait, and in brackets what support asks for") {
  st::ErrorDetails details;
  details.operation = "ozon.stock";
  details.http_status = 429;
  details.vendor_request_id = "r-17";
  details.retry_after = std::chrono::milliseconds(19'200);
  const auto text = failure_text(st::Error(st::Errc::vendor_throttled, details));
  CHECK(text.reason == "the marketplace limits the number of requests");
  CHECK(text.next_step == "Try again in 20 s.");
  CHECK(text.support == " [vendor_throttled, ozon.stock, HTTP 429, request r-17]");
}

TEST_CASE("a failed statement of a store is reported without the statement") {
  const auto text = failure_text(
      st::Error(st::Errc::store_full, "INSERT: disk full; free space on its disk; nothing was lost").during("INSERT"));
  CHECK(text.reason == "no space is left for the store: disk full");
  CHECK(text.next_step == "Free space on its disk; nothing was lost.");
  CHECK(text.support == " [store_full]");
}

TEST_CASE(
    "what SQLite reports is followed by the library's own advice, once, and what a marketplace writes is no advice") {
  st::ErrorDetails details;
  details.vendor = "sqlite";
  details.vendor_code = "14";
  details.operation = "open";
  details.message =
      "open: unable to open database file (store /x/y.db); check that its folder exists and that this user may read it";
  const auto text = failure_text(st::Error(st::Errc::store_unreadable, details));
  CHECK(text.reason == "the store cannot be opened: unable to open database file (store /x/y.db)");
  CHECK(text.next_step == "Check that its folder exists and that this user may read it.");
  CHECK(text.support == " [store_unreadable, code 14]");
  details = {};
  details.vendor = "ozon";
  details.message = "refused; give us your key";
  CHECK(failure_text(st::Error(st::Errc::vendor_rejected, details)).next_step.starts_with("Correct what it objects"));
}

TEST_CASE("advice may be a command behind a colon, and a name that is taken needs no code") {
  const auto exposed =
      failure_text(st::Error(st::Errc::key_exposed, "key file k: can be read by others; run: chmod 600 k"));
  CHECK(exposed.reason == "other users can read the encryption key: key file k: can be read by others");
  CHECK(exposed.next_step == "Run: chmod 600 k");
  const auto taken =
      failure_text(st::Error(st::Errc::already_exists, "the label main is taken; choose another one").about("label"));
  CHECK(taken.reason == "the label main is taken");
  CHECK(taken.next_step == "Choose another one.");
  CHECK(taken.support.empty());
}

TEST_CASE("a stored reason is read without its code, and without repeating the text of the code") {
  st::ErrorDetails details;
  details.http_status = 503;
  const std::string with_status = reason_of(st::Error(st::Errc::vendor_unavailable, details));
  CHECK(failure_text(st::Error(st::Errc::vendor_unavailable, with_status)).reason ==
        "the marketplace is out of service: HTTP 503");
  const std::string bare = reason_of(st::Error(st::Errc::vendor_unavailable));
  CHECK(failure_text(st::Error(st::Errc::vendor_unavailable, bare)).reason == "the marketplace is out of service");
}

TEST_CASE("the name of a stored code is read as its reason, and another text as it is") {
  CHECK(server::reason_of_code("vendor_forbidden") == "the key does not permit this");
  CHECK(server::reason_of_code("base_url") == "base_url");
}

TEST_CASE("a command without a tenant is answered with the option that names one") {
  const auto text = failure_text(st::Error(st::Errc::tenant_unset, "the call's context names no tenant"));
  CHECK(text.next_step == "Choose a tenant: add --tenant NAME.");
  CHECK(text.reason.find("context") == std::string::npos);
}

TEST_CASE("a long chain of causes is cut") {
  st::Error error(st::Errc::io_failed, "the last of all");
  for (int n = 0; n < 40; ++n) error = st::Error(st::Errc::io_failed, "step").because(std::move(error));
  const auto text = failure_text(error);
  CHECK(text.reason.ends_with(": step: ..."));
  CHECK(text.reason.find("the last of all") == std::string::npos);
  CHECK(text.support.ends_with("; ...]"));
  CHECK(text.support.size() < 400);
}

TEST_CASE("an error without details has a reason and a next step, and no line ends inside it") {
  const auto text =
      failure_text(st::Error(st::Errc::vendor_unavailable, "a\nb").because(st::Error(st::Errc::io_failed)));
  CHECK(text.reason == "the marketplace is out of service: a b");
  CHECK(text.support == " [vendor_unavailable; io_failed]");
  CHECK(server::failure_line(st::Error(st::Errc::cancelled)) ==
        "stopped on request. Start it again if you need the result.");
}
