// stocktracker: parses the command line, and runs the chosen command.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <sstream>

#include <stocktracker/version.hpp>

#include "server/app/log.hpp"
#include "server/cli/command.hpp"
#include "server/cli/interrupt.hpp"
#include "server/render/terminal.hpp"

namespace {

using namespace server;

// If the caller has closed a standard stream, a store or a connection would get its number, and output would be written
// into it.
void keep_standard_streams() noexcept {
  int opened = 0;
  while (opened >= 0 && opened <= 2) opened = ::open("/dev/null", O_RDONLY);  // printing fails, as it should
  if (opened > 2) ::close(opened);
}

// Incomplete output must not look complete: a full disk is an error.
ExitCode delivered(ExitCode code) {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  const int why = errno;
  if (flushed && std::ferror(stdout) == 0) return code;
  emitf(stderr, "stocktracker: standard output cannot be written%s%s\n", why == 0 ? "" : ": ",
        why == 0 ? "" : std::strerror(why));
  return code == kOk ? kFailed : code;
}

ExitCode run(const Command& command, Session& session) {
  try {
    if (const auto chosen = choose_tenant(session); !chosen) return report(chosen.error());
    return command.run(session);
  } catch (const stocktracker::StockError& error) {
    return report(error.error());
  } catch (const std::exception& error) {
    emitf(stderr, "stocktracker: %s\n", shown(error.what()).c_str());
  }
  return kFailed;
}

// What is wrong with a command line, where the parser's own text does not say it; empty: it does.
std::string complaint_of(const CLI::App& app, const CLI::ParseError& error) {
  const auto unknown = app.remaining(true);
  const bool a_word = !unknown.empty() && !unknown.front().starts_with("-");
  if (app.get_subcommands().empty() && a_word) return "there is no command " + unknown.front() + "; --help lists them";
  if (error.get_name() == "RequiredError" && !app.get_subcommands().empty()) {
    const CLI::App* chosen = app.get_subcommands().front();
    const auto parts = chosen->get_subcommands([](const CLI::App*) { return true; });
    if (parts.empty() || !chosen->get_subcommands().empty()) return {};
    std::string text =
        chosen->get_name() + (a_word ? " does not know " + unknown.front() : " needs a word more") + "; give one of:";
    for (const CLI::App* part : parts) text += " " + part->get_name();
    return text;
  }
  static constexpr std::string_view kUnread = "Could not convert: ";
  const std::string text = error.what();
  if (!text.starts_with(kUnread)) return {};
  return text.substr(kUnread.size()) + " is not a number in the range of this option";
}

}  // namespace

int main(int argc, char** argv) {
  keep_standard_streams();
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of its write, and ends no process
  Session session;
  std::string log_level = "warning";
  const auto commands = make_commands();

  CLI::App app("stocktracker keeps a seller's stock right on every marketplace.");
  app.footer(exit_code_help());
  app.set_version_flag("--version", stocktracker::version());
  app.add_option("--log-level", log_level, "debug, info, warning, error or off")
      ->envname("STOCKTRACKER_LOG_LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
  app.require_subcommand(1);
  std::vector<CLI::App*> declared;
  for (const auto& command : commands) declared.push_back(command->declare(app, session));

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (const std::string why = complaint_of(app, error); !why.empty()) {
      emitf(stderr, "stocktracker: %s\n", shown(why).c_str());
      return delivered(kUsage);
    }
    // Texts of the command-line parser repeat arguments.
    std::ostringstream out;
    std::ostringstream complaint;
    const int code = app.exit(error, out, complaint);
    emit(stdout, out.str());
    emit(stderr, complaint.str());
    return delivered(code == 0 ? kOk : kUsage);
  }

  const Interrupt interrupt;
  session.telemetry = make_log(log_level);
  session.context.stop = interrupt.token();
  session.context.actor = "cli";
  for (std::size_t at = 0; at < commands.size(); ++at) {
    if (*declared[at]) return delivered(run(*commands[at], session));
  }
  return kFailed;
}
