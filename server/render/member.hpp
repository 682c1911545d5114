// Members of a tenant as JSON, as a table and in a sentence.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/identity/members.hpp>

#include "server/render/text_table.hpp"

namespace server {

[[nodiscard]] std::string to_json(const stocktracker::Member& member);
[[nodiscard]] TextTable member_table();
[[nodiscard]] std::vector<std::string> member_row(const stocktracker::Member& member);
// "a viewer", "an owner".
[[nodiscard]] std::string role_text(stocktracker::Role role);

}  // namespace server
