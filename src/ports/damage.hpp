/// Decides which errors of a store concern one tenant's data only.
#pragma once

#include <stocktracker/abi.hpp>
#include <stocktracker/core/error.hpp>

namespace stocktracker::inline v0 {

/// True if the data themselves are damaged: no retry, free space or permission repairs them. Not for Errc::not_found:
/// only the tenant's record says whether data should exist.
[[nodiscard]] STK_API bool is_damage(const Error& error) noexcept;

/// True for damage, and for any other error about one tenant's data. Calls for many tenants continue after it; an error
/// of the machine (a full disk, a server that does not answer) ends them.
[[nodiscard]] bool is_of_one_tenant(const Error& error) noexcept;

}  // namespace stocktracker::inline v0
