// What a command knows about its caller: the store, the tenant, how to log, when to stop.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/telemetry.hpp>

namespace server {

struct Session {
  std::string db;
  std::string tenant;  // name or id, as given
  std::string pooling = "session";
  bool allow_unverified_server = false;
  std::shared_ptr<stocktracker::Telemetry> telemetry;
  stocktracker::CallContext context;
};

// A file that belongs to the store: FILE.suffix beside a file, FOLDER/suffix in a folder. A store on a server has none.
[[nodiscard]] std::string companion(const Session& session, const std::string& suffix);

// The path without slashes at its end.
[[nodiscard]] std::string without_slashes(std::string path);

// Finds the tenant by its name and sets it in the context.
[[nodiscard]] stocktracker::Result<void> choose_tenant(Session& session);

}  // namespace server
