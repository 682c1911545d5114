// Finds the users that a command is about, by address or id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/assembly/engine.hpp>
#include <stocktracker/identity/users.hpp>

#include "server/app/session.hpp"

namespace server {

// `given`: an e-mail address or a user's id. Errc::not_found, Errc::invalid_argument; the field is `argument`, or
// "email" for an invalid address.
[[nodiscard]] stocktracker::Result<stocktracker::User> user_named(const stocktracker::Engine& engine,
                                                                  const std::string& given, const Session& session,
                                                                  std::string_view argument = "user");

// The error of a call of Members, with the user's name as it was given, if it is about that argument ("user", "from",
// "to").
[[nodiscard]] stocktracker::Error about_member(stocktracker::Error error, std::string_view argument,
                                               const std::string& given);

// A tenant that a user belongs to, with its name.
struct NamedMembership {
  stocktracker::Membership membership;
  std::string name;  // empty: the tenant was removed meanwhile
};
[[nodiscard]] stocktracker::Result<std::vector<NamedMembership>> tenants_of(const stocktracker::Engine& engine,
                                                                            const stocktracker::UserId& user,
                                                                            const Session& session);

}  // namespace server
