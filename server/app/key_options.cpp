// Chooses the source of keys, and splits a key command into words.
#include "server/app/key_options.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <utility>

#include <stocktracker/adapters/openssl.hpp>

#include "server/app/database_url.hpp"

namespace server {
namespace {

namespace st = stocktracker;

constexpr const char* kKeyVariable = "STOCKTRACKER_KEY";

st::Result<std::shared_ptr<st::KeyProvider>> command_of(const KeyOptions& options, const std::stop_token& stop) {
  st::KeyCommandOptions command;
  command.stop = stop;
  STK_TRY(command.command, split_command(options.command));
  std::vector<std::string> names{"PATH", "HOME"};
  names.insert(names.end(), options.command_env.begin(), options.command_env.end());
  for (const std::string& name : names) {
    if (const char* value = std::getenv(name.c_str())) {
      command.environment.push_back({name, st::Secret::copy_of(value)});
    }
  }
  auto keys = st::make_key_command(std::move(command));
  if (!keys && keys.error().kind() == st::ErrorKind::invalid) return std::move(keys).error().about("--key-command");
  return keys;
}

}  // namespace

st::Result<std::vector<std::string>> split_command(const std::string& text) {
  std::vector<std::string> words;
  bool within = false;  // true: inside a word, which may be empty: ''
  char quote = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool escaped = c == '\\' && quote != '\'' && at + 1 < text.size() &&
                         (quote == 0 || text[at + 1] == '"' || text[at + 1] == '\\');
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      within = false;
      continue;
    }
    if (!within) words.emplace_back();
    within = true;
    if (escaped) {
      words.back() += text[++at];
    } else if (quote != 0 ? c == quote : c == '\'' || c == '"') {
      quote = quote != 0 ? '\0' : c;
    } else {
      words.back() += c;
    }
  }
  if (quote == 0) return words;
  return st::Error(st::Errc::invalid_argument, "a quote is not closed").about("--key-command");
}

st::Result<void> choose_keys(st::OpenOptions& open, const Session& session, const KeyOptions& options) {
  if (!options.file.empty() && !options.command.empty()) {
    return st::Error(
               st::Errc::invalid_argument,
               "--key-file and --key-command cannot be used together; give one of them (or one of their variables)")
        .about("key_command");
  }
  if (!options.command.empty()) {
    STK_TRY(open.keys, command_of(options, session.context.stop));
  } else if (const char* key = std::getenv(kKeyVariable); key != nullptr && options.file.empty()) {
    STK_TRY(open.keys, st::make_key_text(st::Secret::copy_of(key), kKeyVariable));
  } else if (is_url(session.db) && options.file.empty()) {
    // A key that is made on this machine would be missing on other machines with the same database.
    return st::Error(st::Errc::invalid_argument,
                     "a store on a server needs a key: give --key-file, --key-command or STOCKTRACKER_KEY")
        .about("key_file");
  } else {
    open.key_file = options.file.empty() ? companion(session, "key") : options.file;
  }
  return st::success();
}

st::Error with_key_option(st::Error error, const std::string& key_file, const KeyOptions& options) {
  const bool by_default = options.file.empty() && !key_file.empty();
  struct stat status {};
  if (error.errc() != st::Errc::key_missing || !by_default || ::stat(key_file.c_str(), &status) == 0) return error;
  st::ErrorDetails details = error.details();
  details.message = "the default key file " + key_file +
                    " does not exist; restore it from a backup, or name another with --key-file: without it stored "
                    "credentials cannot be opened, and with a fresh key every account must be connected again";
  return {st::Errc::key_missing, std::move(details)};
}

}  // namespace server
