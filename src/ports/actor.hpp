/// What an actor may be called: runs, refusals and the audit keep the name, and every store must take it.
#pragma once

#include <string_view>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// Errc::invalid_argument, field "actor".
[[nodiscard]] Error actor_error();
/// A visible name (core/storable_text.hpp) of at most 120 bytes; empty: nobody is named.
[[nodiscard]] Result<void> check_actor(std::string_view actor);

}  // namespace stocktracker::inline v0
