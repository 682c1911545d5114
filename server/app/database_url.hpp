// --db postgresql://...: the store on a server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/quota_memory.hpp>

#include "server/app/session.hpp"

namespace server {

[[nodiscard]] bool is_url(const std::string& db);

// As the application's role; the history must be complete and the wall must stand.
[[nodiscard]] stocktracker::Result<std::shared_ptr<stocktracker::Storage>> open_url(const Session& session);

// What is left of request limits, shared by everything that uses the database.
[[nodiscard]] stocktracker::Result<std::shared_ptr<stocktracker::QuotaMemory>> limits_url(const Session& session);

// As the role that owns the tables: what was applied.
[[nodiscard]] stocktracker::Result<std::vector<std::string>> migrate_url(const Session& session,
                                                                         const std::string& app_role);

}  // namespace server
