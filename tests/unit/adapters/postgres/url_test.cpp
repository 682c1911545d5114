// Which URLs are taken for a server that must prove who it is.
#include <cstdlib>
#include <optional>

#include <stocktracker/adapters/postgres.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

// A variable of the environment for the length of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value, 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

st::Result<void> judged(const std::string& url, bool allowed = false) {
  st::PostgresOptions options;
  options.url = url;
  options.allow_unverified_server = allowed;
  return options.validate();
}

void refused(const std::string& url) {
  INFO(url);
  const auto result = judged(url);
  REQUIRE_FALSE(result);
  CHECK(result.error().errc() == st::Errc::invalid_argument);
  CHECK(result.error().text().find("url") != std::string::npos);
  CHECK(result.error().text().find("sslmode=verify-full") != std::string::npos);
  CHECK(result.error().text().find("--allow-unverified-server") != std::string::npos);
  CHECK(judged(url, true));
}

void accepted(const std::string& url) {
  INFO(url);
  CHECK(judged(url));
}

}  // namespace

TEST_CASE("a server on another machine is asked for less than its certificate only with permission") {
  for (const char* mode : {"disable", "allow", "prefer", "require", "verify-ca"}) {
    refused(std::string("postgresql://shop@db.example/shop?sslmode=") + mode);
    refused(std::string("host=10.0.0.5 dbname=shop sslmode=") + mode);
    refused(std::string("postgresql://shop@[2001:db8::5]/shop?sslmode=") + mode);
    accepted(std::string("postgresql://shop@localhost/shop?sslmode=") + mode);
    accepted(std::string("host=/run/postgresql dbname=shop sslmode=") + mode);
  }
  refused("host=db.example requiressl=1");
  refused("host=db.example gssencmode=prefer");
  accepted("postgresql://shop@db.example/shop");
  accepted("postgresql://shop@db.example/shop?sslmode=verify-full&sslrootcert=/etc/ca.crt");
}

TEST_CASE("what only looks like this machine is another one") {
  for (const char* host : {"127.0.0.1.example", "localhost.example", "128.0.0.1", "::2", "0.0.0.0", "127.1"}) {
    refused(std::string("sslmode=require host=") + host);
  }
  for (const char* host : {"127.0.0.1", "127.9.8.7", "::1", "localhost", "@abstract", "/tmp"}) {
    accepted(std::string("sslmode=require host=") + host);
  }
}

TEST_CASE("of several hosts one that is elsewhere is enough, and an address counts more than the name beside it") {
  refused("postgresql://shop@localhost,db.example/shop?sslmode=require");
  refused("postgresql://shop@/shop?host=/tmp,10.0.0.5&sslmode=require");
  accepted("postgresql://shop@localhost,127.0.0.1/shop?sslmode=require");
  refused("host=localhost hostaddr=10.0.0.5 sslmode=require");
  accepted("host=db.example hostaddr=127.0.0.1 sslmode=require");
  refused("host=db.example,db.example hostaddr=127.0.0.1, sslmode=require");
}

TEST_CASE("neither the environment nor a service file moves a connection to an unproven server") {
  accepted("dbname=shop sslmode=require");
  {
    const Variable host("PGHOST", "db.example");
    refused("dbname=shop sslmode=require");
    accepted("host=/tmp dbname=shop sslmode=require");
  }
  {
    const Variable address("PGHOSTADDR", "10.0.0.5");
    refused("host=localhost dbname=shop sslmode=require");
  }
  {
    const Variable service("PGSERVICE", "shop");
    refused("host=localhost dbname=shop sslmode=require");
  }
  refused("service=shop sslmode=require");
  accepted("service=shop");
}

TEST_CASE("a password in the URL is refused beside everything else, and not repeated") {
  const auto result = judged("postgresql://shop:hunter2@db.example/shop?sslmode=require");
  REQUIRE_FALSE(result);
  CHECK(result.error().text().find("must not contain a password") != std::string::npos);
  CHECK(result.error().text().find("hunter2") == std::string::npos);
}

TEST_CASE("times that protect nothing are refused by name") {
  st::PostgresOptions options;
  options.url = "dbname=shop";
  options.take_timeout = {};
  CHECK(options.validate().error().text().find("take_timeout") != std::string::npos);
  options.take_timeout = std::chrono::seconds(1);
  options.idle_timeout = std::chrono::hours(2);
  CHECK(options.validate().error().text().find("idle_timeout") != std::string::npos);
  options.idle_timeout = std::chrono::hours(1);
  CHECK(options.validate());
}
