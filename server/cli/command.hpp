// Base class of all commands: options, help and run of one command.
#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <vector>

#include "server/app/session.hpp"
#include "server/cli/exit_code.hpp"

namespace server {

// Lives as long as the process; its options are members.
class Command {
 public:
  Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  virtual ~Command() = default;

  // Adds the subcommand; its options are bound to this object and the session.
  [[nodiscard]] virtual CLI::App* declare(CLI::App& app, Session& session) = 0;
  // Called after parsing if the user has chosen this command.
  [[nodiscard]] virtual ExitCode run(const Session& session) const = 0;
};

// Every command, in the order of --help. The list is STK_COMMANDS in server/CMakeLists.txt: the command `name` is
// cli/name.cpp, which defines `std::unique_ptr<Command> make_name()`.
[[nodiscard]] std::vector<std::unique_ptr<Command>> make_commands();

}  // namespace server
