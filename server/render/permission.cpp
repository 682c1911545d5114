// Permissions, one per row.
#include "server/render/permission.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/identity/permissions.hpp>

#include "server/render/json_array.hpp"
#include "server/render/text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

constexpr std::size_t kWidestSentence = 120;

bool is_chosen(const st::PermissionInfo& info, std::optional<st::Role> role) {
  return !role || st::permits(*role, info.permission);
}

}  // namespace

void permissions_as_text(std::optional<st::Role> role, Sink& sink) {
  using Align = TextTable::Align;
  std::vector<TextTable::Column> columns{{"permission", Align::left}};
  if (!role) {
    for (const st::Role one : st::kRoles) columns.push_back({to_string(one), Align::left});
  }
  columns.push_back({"permits", Align::left, kWidestSentence});
  TextTable table(std::move(columns));
  for (const st::PermissionInfo& info : st::kPermissionTable) {
    if (!is_chosen(info, role)) continue;
    std::vector<std::string> row{info.name};
    if (!role) {
      for (const st::Role one : st::kRoles) row.emplace_back(st::permits(one, info.permission) ? "yes" : "");
    }
    row.emplace_back(info.permits);
    table.add(std::move(row));
  }
  table.print(sink);
}

void permissions_as_json(std::optional<st::Role> role, Sink& sink) {
  JsonArray array(sink);
  for (const st::PermissionInfo& info : st::kPermissionTable) {
    if (!is_chosen(info, role)) continue;
    st::JsonWriter json(array.next());
    json.begin_object().field("permission", info.name).field("permits", info.permits).key("roles").begin_array();
    for (const st::Role one : st::kRoles) {
      if (st::permits(one, info.permission)) json.string(to_string(one));
    }
    json.end_array().end_object();
  }
  array.end();
}

}  // namespace server
