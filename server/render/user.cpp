// Users, one per row or one fact per line.
#include "server/render/user.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

// Without the end of the object.
void begin_user(st::JsonWriter& json, const st::User& user) {
  const auto text = [&](std::string_view name, const std::string& value) { json.field(name, std::string_view(value)); };
  json.begin_object();
  text("id", user.id.text());
  text("email", user.address.text());
  text("name", user.profile.name);
  text("locale", user.profile.locale);
  text("zone", user.profile.zone);
  json.field("state", to_string(user.state));
  text("created_at", st::to_rfc3339(user.created_at));
}

}  // namespace

std::string to_json(const st::User& user) {
  std::string out;
  st::JsonWriter json(out);
  begin_user(json, user);
  json.end_object();
  return out;
}

std::string to_json(const st::User& user, const std::vector<NamedMembership>& tenants) {
  std::string out;
  st::JsonWriter json(out);
  begin_user(json, user);
  json.key("tenants").begin_array();
  for (const NamedMembership& one : tenants) {
    const std::string id = one.membership.tenant.text();
    const std::string since = st::to_rfc3339(one.membership.since);
    json.begin_object().field("tenant", std::string_view(id)).field("name", std::string_view(one.name));
    json.field("role", to_string(one.membership.role)).field("since", std::string_view(since)).end_object();
  }
  json.end_array().end_object();
  return out;
}

std::string to_json(const st::Registration& registration) {
  std::string out;
  st::JsonWriter json(out);
  const std::string user = registration.user.text();
  const std::string tenant = registration.tenant.text();
  json.begin_object().field("user", std::string_view(user)).field("tenant", std::string_view(tenant));
  json.field("is_new", registration.is_new).end_object();
  return out;
}

TextTable user_table() {
  using Align = TextTable::Align;
  return TextTable({{"email", Align::left, 60},
                    {"name", Align::left},
                    {"state", Align::left},
                    {"locale", Align::left},
                    {"zone", Align::left},
                    {"since", Align::left},
                    {"id", Align::left}});
}

std::vector<std::string> user_row(const st::User& user) {
  return {user.address.text(), user.profile.name, to_string(user.state),
          user.profile.locale, user.profile.zone, st::to_table_text(user.created_at),
          user.id.text()};
}

std::string user_text(const st::User& user) {
  return "email   " + shown(user.address.text()) + "\nname    " + shown(user.profile.name) + "\nstate   " +
         to_string(user.state) + "\nlocale  " + shown(user.profile.locale) + "\nzone    " + shown(user.profile.zone) +
         "\nsince   " + st::to_table_text(user.created_at) + "\nid      " + user.id.text() + "\n";
}

TextTable membership_table() {
  using Align = TextTable::Align;
  return TextTable({{"tenant", Align::left, 60}, {"role", Align::left}, {"since", Align::left}, {"id", Align::left}});
}

std::vector<std::string> membership_row(const NamedMembership& tenant) {
  const st::Membership& membership = tenant.membership;
  return {tenant.name, to_string(membership.role), st::to_table_text(membership.since), membership.tenant.text()};
}

}  // namespace server
