// Times in options: instants, and days of the tenant's zone.
#pragma once

#include <optional>
#include <string>

#include <stocktracker/assembly/engine.hpp>

#include "server/app/session.hpp"

namespace server {

// Nullopt for an empty text; the error names the option.
[[nodiscard]] stocktracker::Result<std::optional<stocktracker::Instant>> instant_option(const std::string& option,
                                                                                        const std::string& text);

// The same, or a day such as 2026-11-21: its midnight in the tenant's zone.
[[nodiscard]] stocktracker::Result<std::optional<stocktracker::Instant>> day_or_instant_option(
    const stocktracker::Engine& engine, const std::string& option, const std::string& text, const Session& session);

}  // namespace server
