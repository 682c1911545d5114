// Members, one per row.
#include "server/render/member.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

namespace server {

namespace st = stocktracker;

std::string to_json(const st::Member& member) {
  std::string out;
  st::JsonWriter json(out);
  const std::string user = member.user.text();
  const std::string since = st::to_rfc3339(member.since);
  json.begin_object().field("user", std::string_view(user)).field("email", std::string_view(member.address.text()));
  json.field("name", std::string_view(member.name)).field("role", to_string(member.role));
  json.field("state", to_string(member.state)).field("since", std::string_view(since)).end_object();
  return out;
}

TextTable member_table() {
  using Align = TextTable::Align;
  return TextTable({{"email", Align::left, 60},
                    {"name", Align::left},
                    {"role", Align::left},
                    {"state", Align::left},
                    {"since", Align::left},
                    {"user", Align::left}});
}

std::vector<std::string> member_row(const st::Member& member) {
  return {member.address.text(),           member.name,       to_string(member.role), to_string(member.state),
          st::to_table_text(member.since), member.user.text()};
}

std::string role_text(st::Role role) {
  const bool vowel = role == st::Role::admin || role == st::Role::owner;
  return std::string(vowel ? "an " : "a ") + to_string(role);
}

}  // namespace server
