// Where the store is, who holds its keys, how marketplaces are reached.
#include "server/cli/shared_options.hpp"

namespace server {

void add_db(CLI::App& command, Session& session) {
  command
      .add_option("--db", session.db,
                  "The store's file, the folder of many tenants (FOLDER/ makes one), or postgresql://...")
      ->envname("STOCKTRACKER_DB")
      ->required();
  command.add_option("--tenant", session.tenant, "The tenant, by name or id, in a store of many")
      ->envname("STOCKTRACKER_TENANT");
  command.add_option("--pooling", session.pooling, "PostgreSQL: session, or transaction behind such a pooler")
      ->envname("STOCKTRACKER_POOLING")
      ->check(CLI::IsMember({"session", "transaction"}));
  command
      .add_flag("--allow-unverified-server", session.allow_unverified_server,
                "PostgreSQL on another machine: do without sslmode=verify-full")
      ->envname("STOCKTRACKER_ALLOW_UNVERIFIED_SERVER");
}

void add_keys(CLI::App& command, KeyOptions& options) {
  command.add_option("--key-file", options.file, "Key of the stored credentials; by default FILE.key or FOLDER/key")
      ->envname("STOCKTRACKER_KEY_FILE");
  command
      .add_option("--key-command", options.command, "Instead of a file: a program, by its absolute path, and arguments")
      ->envname("STOCKTRACKER_KEY_COMMAND");
  command
      .add_option("--key-command-env", options.command_env, "Variables that it gets beside PATH and HOME, with commas")
      ->envname("STOCKTRACKER_KEY_COMMAND_ENV")
      ->delimiter(',');
}

void add_network(CLI::App& command, NetworkOptions& options) {
  add_keys(command, options.keys);
  command.add_option("--limits", options.limits, "A table of request limits instead of the one that ships")
      ->envname("STOCKTRACKER_LIMITS");
  command.add_option("--proxy", options.proxy, "http://host:port")->envname("STOCKTRACKER_PROXY");
  command.add_option("--ca-bundle", options.ca_bundle, "Authorities to trust, PEM")->envname("STOCKTRACKER_CA_BUNDLE");
  command
      .add_option("--allow-base-url", options.allowed_base_urls,
                  "The operator's word: accounts may name this address as their --base-url; repeatable")
      ->envname("STOCKTRACKER_ALLOW_BASE_URL")
      ->delimiter(',')
      ->allow_extra_args(false);
}

}  // namespace server
