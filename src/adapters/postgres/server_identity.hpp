/// Decides which servers must prove their identity by a certificate.
#pragma once

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0::postgres {

/// True if the connection must use sslmode=verify-full, whatever the environment says: the server is not, or may not
/// be, on this machine, and the options do not permit less.
[[nodiscard]] bool must_verify(const PostgresOptions& options);

/// Checks that the URL has no password, and no sslmode that lets another machine pose as the server.
void check_url(const PostgresOptions& options, Problems& problems);

}  // namespace stocktracker::inline v0::postgres
