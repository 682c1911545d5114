/// @file
/// Which errors of a store are one tenant's own.
#pragma once

#include <stocktracker/abi.hpp>
#include <stocktracker/core/error.hpp>

namespace stocktracker::inline v0 {

/// The data themselves are damaged: no retry, no freed disk and no permission mends them. Not Errc::not_found: whether
/// data should be there only the tenant's record says.
[[nodiscard]] STK_API bool is_damage(const Error& error) noexcept;

/// Damage, or anything else about the data of one tenant. Whatever serves many tenants goes on past it; an error of the
/// machine (a full disk, a server that does not answer) ends it.
[[nodiscard]] bool is_of_one_tenant(const Error& error) noexcept;

}  // namespace stocktracker::inline v0
