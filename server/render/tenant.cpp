// Tenants, one per row.
#include "server/render/tenant.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

namespace server {

namespace st = stocktracker;

std::string to_json(const st::Tenant& tenant) {
  std::string out;
  st::JsonWriter json(out);
  const std::string id = tenant.id.text();
  const std::string created = st::to_rfc3339(tenant.created_at);
  json.begin_object().field("id", std::string_view(id)).field("name", std::string_view(tenant.name));
  json.field("state", std::string_view(to_string(tenant.state))).field("created_at", std::string_view(created));
  if (!tenant.reason.empty()) json.field("reason", std::string_view(tenant.reason));
  json.end_object();
  return out;
}

TextTable tenant_table() {
  return TextTable({{"id", TextTable::Align::left, 36},
                    {"name", TextTable::Align::left},
                    {"state", TextTable::Align::left},
                    {"since", TextTable::Align::left},
                    {"reason", TextTable::Align::left}});
}

std::vector<std::string> tenant_row(const st::Tenant& tenant) {
  return {tenant.id.text(), tenant.name, to_string(tenant.state), st::to_table_text(tenant.created_at), tenant.reason};
}

}  // namespace server
