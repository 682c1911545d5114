// Events as JSON and as a table.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/tenant/events.hpp>

#include "server/render/text_table.hpp"

namespace server {

// The payload stands in it as the object that it is; one that is not readable is a text.
[[nodiscard]] std::string to_json(const stocktracker::Event& event);
[[nodiscard]] TextTable event_table();
[[nodiscard]] std::vector<std::string> event_row(const stocktracker::Event& event);

}  // namespace server
