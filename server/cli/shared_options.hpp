// Options that several commands have.
#pragma once

#include <CLI/CLI.hpp>

#include "server/app/open_store.hpp"
#include "server/app/session.hpp"

namespace server {

// The store, the tenant, and how to reach a server.
void add_db(CLI::App& command, Session& session);
// The same without the tenant, for commands that are about the complete store.
void add_store(CLI::App& command, Session& session);
enum class Format : unsigned char { table, json, csv };
// --format, and --json for short.
void add_format(CLI::App& command, Format& format);
// For numbers of rows, entries and seconds.
[[nodiscard]] CLI::Validator not_negative();
// For the name of a role.
[[nodiscard]] CLI::Validator is_role();
void add_keys(CLI::App& command, KeyOptions& options);
// Keys, limits, proxy, trust.
void add_network(CLI::App& command, NetworkOptions& options);

}  // namespace server
