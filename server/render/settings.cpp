// Settings, one per line.
#include "server/render/settings.hpp"

#include <stocktracker/core/json_writer.hpp>

#include "server/render/joined.hpp"
#include "server/render/terminal.hpp"

namespace server {

namespace st = stocktracker;

std::string to_json(const st::TenantSettings& settings) {
  const std::string features = joined(settings.features);
  std::string out;
  st::JsonWriter writer(out);
  writer.begin_object()
      .field("locale", std::string_view(settings.locale))
      .field("zone", std::string_view(settings.zone));
  writer.field("brand", std::string_view(settings.brand)).field("features", std::string_view(features));
  writer.field("low_stock", settings.low_stock).end_object();
  return out;
}

std::string settings_text(const st::TenantSettings& settings) {
  return "locale     " + shown(settings.locale) + "\nzone       " + shown(settings.zone) + "\nbrand      " +
         shown(settings.brand) + "\nfeatures   " + shown(joined(settings.features)) + "\nlow_stock  " +
         std::to_string(settings.low_stock) + "\n";
}

}  // namespace server
