// Events, one per row.
#include "server/render/event.hpp"

#include <stocktracker/core/json_reader.hpp>
#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

namespace server {

namespace st = stocktracker;

namespace {

bool is_json(const std::string& text) { return static_cast<bool>(st::JsonDocument::parse(text)); }

}  // namespace

std::string to_json(const st::Event& event) {
  std::string out;
  st::JsonWriter json(out);
  const std::string id = event.id.text();
  const std::string at = st::to_rfc3339(event.created_at);
  json.begin_object().field("number", event.number).field("id", std::string_view(id));
  json.field("topic", std::string_view(event.topic)).field("version", event.version);
  json.field("created_at", std::string_view(at)).end_object();
  out.back() = ',';
  out += "\"payload\":";
  if (event.version > 0 && is_json(event.payload)) {
    out += event.payload;
  } else {
    st::JsonWriter(out).string(event.payload);
  }
  return out += '}';
}

TextTable event_table() {
  using Align = TextTable::Align;
  return TextTable({{"number", Align::right},
                    {"at", Align::left},
                    {"topic", Align::left},
                    {"version", Align::right},
                    {"payload", Align::left, 200}});
}

std::vector<std::string> event_row(const st::Event& event) {
  return {std::to_string(event.number), st::to_table_text(event.created_at), event.topic, std::to_string(event.version),
          event.payload};
}

}  // namespace server
