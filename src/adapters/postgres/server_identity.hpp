/// @file
/// What a URL asks of the server's identity: who must prove it by a certificate.
#pragma once

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0::postgres {

/// Whether the connection is to be made with sslmode=verify-full, whatever the environment says: a server that is not,
/// or may not be, on this machine, and no permission for less.
[[nodiscard]] bool must_verify(const PostgresOptions& options);

/// No password in the URL, and no sslmode that lets another machine pass for the server.
void check_url(const PostgresOptions& options, Problems& problems);

}  // namespace stocktracker::inline v0::postgres
