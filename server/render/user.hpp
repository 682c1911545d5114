// Users and the tenants that they belong to, as JSON and as tables.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/identity/user.hpp>
#include <stocktracker/identity/users.hpp>

#include "server/app/users.hpp"
#include "server/render/text_table.hpp"

namespace server {

[[nodiscard]] std::string to_json(const stocktracker::User& user);
// The same with a member "tenants": tenant, name, role, since.
[[nodiscard]] std::string to_json(const stocktracker::User& user, const std::vector<NamedMembership>& tenants);
[[nodiscard]] std::string to_json(const stocktracker::Registration& registration);
[[nodiscard]] TextTable user_table();
[[nodiscard]] std::vector<std::string> user_row(const stocktracker::User& user);
// One fact per line.
[[nodiscard]] std::string user_text(const stocktracker::User& user);
[[nodiscard]] TextTable membership_table();
[[nodiscard]] std::vector<std::string> membership_row(const NamedMembership& tenant);

}  // namespace server
