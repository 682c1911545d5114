// Findings of the doctor as JSON and as lines.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/ports/database.hpp>

namespace server {

// A JSON array.
[[nodiscard]] std::string to_json(const std::vector<stocktracker::StorageFinding>& findings);
// A line with its end.
[[nodiscard]] std::string finding_text(const stocktracker::StorageFinding& finding);

}  // namespace server
