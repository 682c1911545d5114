// A PostgreSQL server of the test's own, on a socket in a folder of its own; it ends with the test, however that ends.
#pragma once

#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temp_folder.hpp"

class PostgresServer {
 public:
  // One for all tests of a program.
  static PostgresServer& shared() {
    static PostgresServer server;
    return server;
  }

  explicit PostgresServer(std::vector<std::string> settings = {}) : settings_(std::move(settings)) {
    if (const passwd* user = getuid() == 0 ? getpwnam("postgres") : nullptr; user != nullptr) {
      uid_ = user->pw_uid;
      gid_ = user->pw_gid;
      if (chown(folder_.c_str(), uid_, gid_) != 0) throw std::runtime_error("chown " + folder_);
    }
    wait(spawn({binary("initdb"), "-D", folder_ + "/data", "-U", "postgres", "--auth=trust", "--no-sync",
                "--encoding=UTF8", "--locale=C.UTF-8"}));
    start();
    run("postgres", "CREATE ROLE stocktracker_app NOLOGIN; CREATE ROLE shop LOGIN IN ROLE stocktracker_app");
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer() { kill_now(); }

  void start() {
    std::vector<std::string> arguments{binary("postgres"),
                                       "-D",
                                       folder_ + "/data",
                                       "-k",
                                       folder_,
                                       "-c",
                                       "listen_addresses=",
                                       "-c",
                                       "fsync=off",
                                       "-c",
                                       "max_connections=60",
                                       "-c",
                                       "log_min_messages=fatal"};
    for (const std::string& setting : settings_) arguments.insert(arguments.end(), {"-c", setting});
    server_ = spawn(arguments);
    for (int i = 0; i < 500; ++i) {
      if (PQping(url("postgres", "postgres").c_str()) == PQPING_OK) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw std::runtime_error("PostgreSQL does not start in " + folder_);
  }
  // As a power cut, but for the disk: no connection hears anything more.
  void kill_now() {
    if (server_ <= 0) return;
    // The children see that the first one is gone and end; the next start waits for them.
    kill(server_, SIGQUIT);
    int status = 0;
    waitpid(server_, &status, 0);
    server_ = 0;
  }

  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
  [[nodiscard]] std::string url(const std::string& database, const std::string& role) const {
    return "host=" + folder_ + " user=" + role + " dbname=" + database;
  }
  [[nodiscard]] std::string owner(const std::string& database) const { return url(database, "postgres"); }
  [[nodiscard]] std::string app(const std::string& database) const { return url(database, "shop"); }
  [[nodiscard]] std::string fresh_database() {
    const std::string name = "t" + std::to_string(++databases_);
    run("postgres", "CREATE DATABASE " + name + " TEMPLATE template0");
    return name;
  }
  // The first column of every row of the last statement; an error is thrown as "SQLSTATE text".
  std::vector<std::string> run(const std::string& database, const std::string& sql,
                               const std::string& role = "postgres") {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url(database, role).c_str()), &PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
      throw std::runtime_error(std::string(state == nullptr ? "" : state) + " " + PQerrorMessage(connection.get()));
    }
    std::vector<std::string> rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) rows.emplace_back(PQgetvalue(result.get(), row, 0));
    return rows;
  }
  [[nodiscard]] uid_t uid() const noexcept { return uid_; }

  // A child under the server's user, that ends with this process; its words go to a file in the folder.
  pid_t spawn(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& part : command) arguments.push_back(const_cast<char*>(part.c_str()));
    arguments.push_back(nullptr);
    const std::string log = folder_ + "/" + std::filesystem::path(command.front()).filename().string() + ".log";
    std::fflush(nullptr);  // or the child says it again
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child != 0) return child;
    if (uid_ != getuid() && (setgid(gid_) != 0 || setuid(uid_) != 0)) _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (getppid() != parent) _exit(125);
    if (std::freopen(log.c_str(), "a", stdout) == nullptr || dup2(fileno(stdout), 2) < 0) _exit(124);
    if (chdir(folder_.c_str()) == 0) execvp(arguments[0], arguments.data());
    _exit(127);
  }
  static void wait(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error("a helper of PostgreSQL failed: " + std::to_string(status));
  }
  [[nodiscard]] static std::string binary(const std::string& name) {
    std::string found;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql")) {
      const auto path = version.path() / "bin" / name;
      if (std::filesystem::exists(path)) found = std::max(found, path.string());
    }
    if (found.empty()) throw std::runtime_error("PostgreSQL's " + name + " is not installed");
    return found;
  }

 private:
  std::vector<std::string> settings_;
  const TempFolder temporary_;
  const std::string folder_ = temporary_.path();
  uid_t uid_ = getuid();
  gid_t gid_ = getgid();
  pid_t server_ = 0;
  int databases_ = 0;
};
