// PgBouncer before a PostgreSQL server: it gives a connection for one transaction only.
#pragma once

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/support/postgres.hpp"

// So many connections to the server, for each role and database, serve all of ours.
class Pooler {
 public:
  explicit Pooler(PostgresServer& server, int connections = 2) : server_(server) {
    std::ofstream(server.folder() + "/users.txt") << "\"shop\" \"\"\n\"postgres\" \"\"\n";
    std::ofstream(server.folder() + "/pgbouncer.ini")
        << "[databases]\n* = host=" << server.folder() << " port=5432\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\n"
        << "unix_socket_dir = " << server.folder() << "\nauth_type = trust\nauth_file = " << server.folder()
        << "/users.txt\npool_mode = transaction\ndefault_pool_size = " << connections << "\nmax_client_conn = 200\n";
    process_ = server.spawn({"/usr/sbin/pgbouncer", server.folder() + "/pgbouncer.ini"});
    for (int i = 0; i < 200; ++i) {
      if (PQping(url("postgres").c_str()) == PQPING_OK) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw std::runtime_error("PgBouncer does not start");
  }
  Pooler(const Pooler&) = delete;
  Pooler& operator=(const Pooler&) = delete;
  ~Pooler() {
    kill(process_, SIGTERM);
    int status = 0;
    waitpid(process_, &status, 0);
  }
  [[nodiscard]] std::string url(const std::string& database, const std::string& role = "shop") const {
    return "host=" + server_.folder() + " port=6432 user=" + role + " dbname=" + database;
  }

 private:
  PostgresServer& server_;
  pid_t process_ = 0;
};
