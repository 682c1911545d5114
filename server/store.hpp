// Opening a store for reading, and options that several commands share.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <stocktracker/assembly/open.hpp>

namespace server {

struct Session {
  std::string db;
  std::string tenant;  // name or id, as given
  std::string pooling = "session";
  bool allow_unverified_server = false;
  std::shared_ptr<stocktracker::Telemetry> telemetry;
  stocktracker::CallContext context;
};

// Never makes a file: Errc::not_found names the one that is missing.
[[nodiscard]] stocktracker::Result<stocktracker::Engine> open_for_reading(const Session& session,
                                                                          const std::string& key_file = {});

// A file that belongs to the store: FILE.suffix beside a file, FOLDER/suffix in a folder. A store on a server has none.
[[nodiscard]] std::string companion(const Session& session, const std::string& suffix);

// Turns the tenant's name into the context's tenant.
[[nodiscard]] stocktracker::Result<void> choose_tenant(Session& session);

// The account called so; nullopt for an empty name.
[[nodiscard]] stocktracker::Result<std::optional<stocktracker::AccountId>> account_named(
    const stocktracker::Engine& engine, const std::string& name, const Session& session);

// Nullopt for an empty text; the error names the option.
[[nodiscard]] stocktracker::Result<std::optional<stocktracker::Instant>> instant_option(const std::string& option,
                                                                                        const std::string& text);

// The same, or a day such as 2026-11-21: its midnight in the tenant's zone.
[[nodiscard]] stocktracker::Result<std::optional<stocktracker::Instant>> day_or_instant_option(
    const stocktracker::Engine& engine, const std::string& option, const std::string& text, const Session& session);

}  // namespace server
