// A server that must prove who it is: certificates of an authority, of another host, of nobody.
#include <cstdlib>
#include <fstream>

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/assembly/open.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/postgres.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// On an address of this machine, written in a form (127.77.515) that resolves to it and is not taken for this machine.
class TlsServer {
 public:
  TlsServer() : server_({"listen_addresses=" + address()}) {
    script("authority", "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=ca");
    issue("good", address());
    issue("other", "127.99.9.9");
    script("self",
           "openssl req -x509 -newkey rsa:2048 -nodes -keyout self.key -out self.crt -days 2 -subj /CN=self "
           "-addext subjectAltName=IP:" +
               address());
    std::ofstream(server_.folder() + "/data/pg_hba.conf", std::ios::app) << "host all all 127.0.0.0/8 trust\n";
    show("good");
  }
  PostgresServer& server() { return server_; }
  // The certificate that new connections see.
  void show(const std::string& name) {
    const std::string base = server_.folder() + "/" + name;
    server_.run("postgres", "ALTER SYSTEM SET ssl_cert_file = '" + base + ".crt'");
    server_.run("postgres", "ALTER SYSTEM SET ssl_key_file = '" + base + ".key'");
    server_.run("postgres", "ALTER SYSTEM SET ssl = on");
    server_.run("postgres", "SELECT pg_reload_conf()");
    std::this_thread::sleep_for(300ms);
  }
  [[nodiscard]] std::string authority() const { return server_.folder() + "/ca.crt"; }
  [[nodiscard]] std::string url(const std::string& database, const std::string& role) const {
    return "postgresql://" + role + "@127.77." + std::to_string(getpid() % 50'000 + 256) + "/" + database;
  }

 private:
  static std::string address() {
    const int host = getpid() % 50'000 + 256;
    return "127.77." + std::to_string(host / 256) + "." + std::to_string(host % 256);
  }
  void script(const std::string& name, const std::string& line) {
    const std::string file = server_.folder() + "/" + name + ".sh";
    std::ofstream(file) << line << " 2>/dev/null\n";
    PostgresServer::wait(server_.spawn({"/bin/sh", file}));
  }
  void issue(const std::string& name, const std::string& ip) {
    script(name, "set -e; echo subjectAltName=IP:" + ip + " > " + name +
                     ".ext; openssl req -newkey rsa:2048 -nodes -keyout " + name + ".key -out " + name +
                     ".csr -subj /CN=db; openssl x509 -req -in " + name +
                     ".csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile " + name + ".ext -out " + name +
                     ".crt");
  }

  PostgresServer server_;
};

st::PostgresOptions options_for(const std::string& url) {
  st::PostgresOptions options;
  options.url = url;
  options.schema = st::schema();
  options.connect_timeout = 5s;
  return options;
}

// Each way to a server is refused, and the reason is the certificate.
void refused(const std::string& owner, const std::string& app) {
  const auto check = [](const auto& result) {
    REQUIRE_FALSE(result);
    INFO(result.error().text());
    CHECK(result.error().errc() == st::Errc::store_unreadable);
    CHECK(result.error().message().find("certificate") != std::string::npos);
    CHECK(result.error().message().find("sslrootcert") != std::string::npos);
  };
  check(st::migrate_postgres(options_for(owner)));
  check(st::make_postgres_storage(options_for(app)));
  check(st::make_postgres_quota(options_for(app)));
}

}  // namespace

TEST_CASE("a server on another machine is spoken to only when its certificate proves who it is") {
  TlsServer tls;
  ::setenv("PGSSLMODE", "disable", 1);
  ::setenv("HOME", "/nonexistent", 1);
  const std::string database = tls.server().fresh_database();
  const std::string root = "?sslrootcert=" + tls.authority();
  const std::string owner = tls.url(database, "postgres");
  const std::string app = tls.url(database, "shop");

  {  // Neither the URL nor the environment asks for it, and yet it is verified.
    const auto migrated = st::migrate_postgres(options_for(owner + root));
    INFO((migrated ? std::string() : migrated.error().text()));
    REQUIRE(migrated);
    auto storage = st::make_postgres_storage(options_for(app + root));
    REQUIRE(storage);
    REQUIRE(st::make_postgres_storage(options_for(app + root + "&sslmode=verify-full")));
    REQUIRE(st::make_postgres_quota(options_for(app + root)));
    const auto encrypted =
        tls.server().run("postgres",
                         "SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE s.ssl AND "
                         "a.usename = 'shop'");
    CHECK(encrypted.front() != "0");
    const auto set = tls.server().run("postgres",
                                      "SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING "
                                      "(pid) WHERE NOT s.ssl AND a.usename = 'shop'");
    CHECK(set.front() == "0");
  }
  refused(owner, app);  // no authority is named, and there is no file in the home folder
  tls.show("other");
  refused(owner + root, app + root);
  tls.show("self");
  refused(owner + root, app + root);

  // By name only.
  const auto less = [&](bool allowed) {
    auto options = options_for(app + "?sslmode=require");
    options.allow_unverified_server = allowed;
    return options;
  };
  CHECK(st::make_postgres_storage(less(false)).error().errc() == st::Errc::invalid_argument);
  CHECK(st::make_postgres_quota(less(false)).error().errc() == st::Errc::invalid_argument);
  CHECK(st::migrate_postgres(less(false)).error().errc() == st::Errc::invalid_argument);
  CHECK(st::make_postgres_storage(less(true)));
  CHECK(st::make_postgres_quota(less(true)));
}
