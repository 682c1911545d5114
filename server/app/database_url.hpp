// Stores on PostgreSQL: --db postgresql://...
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/quota_memory.hpp>

#include "server/app/session.hpp"

namespace server {

[[nodiscard]] bool is_url(const std::string& db);

// Why `db` is neither a path nor a URL that this program opens; empty if it is one. The text does not repeat `db`,
// which may contain a password: a mistyped URL must not become the name of a file, nor part of a message.
[[nodiscard]] std::string refusal_of_db(const std::string& db);

// Opens it as the application's role; all migrations must be applied, and the wall between tenants must be complete.
[[nodiscard]] stocktracker::Result<std::shared_ptr<stocktracker::Storage>> open_url(const Session& session);

// The request limits that everything with this database shares.
[[nodiscard]] stocktracker::Result<std::shared_ptr<stocktracker::QuotaMemory>> limits_url(const Session& session);

// Applies missing migrations as the role that owns the tables; returns what was applied.
[[nodiscard]] stocktracker::Result<std::vector<std::string>> migrate_url(const Session& session,
                                                                         const std::string& app_role);

}  // namespace server
