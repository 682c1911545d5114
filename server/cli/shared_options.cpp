// Options for the store, its keys and the network.
#include "server/cli/shared_options.hpp"

#include <string>
#include <vector>

#include <stocktracker/identity/role.hpp>

#include "server/app/database_url.hpp"

namespace server {
namespace {

void add_path(CLI::App& command, Session& session) {
  command
      .add_option("--db", session.db,
                  "The store: a file, a folder of many tenants (FOLDER/ creates one), or postgresql://...")
      ->envname("STOCKTRACKER_DB")
      ->check(CLI::Validator(refusal_of_db, ""))
      ->required();
}

void add_server(CLI::App& command, Session& session) {
  command
      .add_option("--pooling", session.pooling,
                  "PostgreSQL: session; or transaction, behind a pooler in transaction mode")
      ->envname("STOCKTRACKER_POOLING")
      ->check(CLI::IsMember({"session", "transaction"}));
  command
      .add_flag("--allow-unverified-server", session.allow_unverified_server,
                "PostgreSQL on another machine: allow less than sslmode=verify-full")
      ->envname("STOCKTRACKER_ALLOW_UNVERIFIED_SERVER");
}

}  // namespace

void add_db(CLI::App& command, Session& session) {
  add_path(command, session);
  command.add_option("--tenant", session.tenant, "The tenant, by name or id, if the store has many")
      ->envname("STOCKTRACKER_TENANT");
  add_server(command, session);
}

void add_store(CLI::App& command, Session& session) {
  add_path(command, session);
  add_server(command, session);
}

void add_format(CLI::App& command, Format& format) {
  const auto choose = [&format](const std::string& name) {
    format = name == "json" ? Format::json : name == "csv" ? Format::csv : Format::table;
  };
  command.add_option_function<std::string>("--format", choose, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}));
  command.add_flag_callback(
      "--json", [&format] { format = Format::json; }, "The same as --format json");
}

CLI::Validator not_negative() {
  return {[](std::string& text) {
            double number = 0;
            const bool read = CLI::detail::lexical_cast(text, number);
            return read && number >= 0 ? std::string() : std::string("must be 0 or more");
          },
          ""};
}

CLI::Validator is_role() {
  std::vector<std::string> names;
  for (const auto role : stocktracker::kRoles) names.emplace_back(to_string(role));
  return CLI::IsMember(std::move(names));
}

void add_keys(CLI::App& command, KeyOptions& options) {
  command.add_option("--key-file", options.file, "Key file of the stored credentials; default: FILE.key or FOLDER/key")
      ->envname("STOCKTRACKER_KEY_FILE");
  command
      .add_option("--key-command", options.command,
                  "Instead of a key file: a program that prints the keys, by its absolute path, and its arguments")
      ->envname("STOCKTRACKER_KEY_COMMAND");
  command
      .add_option("--key-command-env", options.command_env,
                  "Environment variables for this program in addition to PATH and HOME, separated by commas")
      ->envname("STOCKTRACKER_KEY_COMMAND_ENV")
      ->delimiter(',');
}

void add_network(CLI::App& command, NetworkOptions& options) {
  add_keys(command, options.keys);
  command.add_option("--limits", options.limits, "File with request limits, instead of the built-in table")
      ->envname("STOCKTRACKER_LIMITS");
  command.add_option("--proxy", options.proxy, "http://host:port")->envname("STOCKTRACKER_PROXY");
  command.add_option("--ca-bundle", options.ca_bundle, "PEM file of the certificate authorities to trust")
      ->envname("STOCKTRACKER_CA_BUNDLE");
  command
      .add_option("--allow-base-url", options.allowed_base_urls,
                  "Address that accounts may use as --base-url; may be repeated")
      ->envname("STOCKTRACKER_ALLOW_BASE_URL")
      ->delimiter(',')
      ->allow_extra_args(false);
}

}  // namespace server
