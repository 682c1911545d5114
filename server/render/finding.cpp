// Findings of the doctor, one per line.
#include "server/render/finding.hpp"

#include <stocktracker/core/json_writer.hpp>

#include "server/render/terminal.hpp"

namespace server {

namespace st = stocktracker;

std::string to_json(const std::vector<st::StorageFinding>& findings) {
  std::string out;
  st::JsonWriter json(out);
  json.begin_array();
  for (const auto& finding : findings) {
    json.begin_object().field("subject", std::string_view(finding.subject)).field("ok", finding.ok);
    json.field("detail", std::string_view(finding.detail)).end_object();
  }
  json.end_array();
  return out;
}

std::string finding_text(const st::StorageFinding& finding) {
  const auto padded = [](std::string text, std::size_t width) {
    if (text.size() < width) text.resize(width, ' ');
    return text;
  };
  return padded(finding.subject, 10) + " " + padded(finding.ok ? "ok" : "FAULT", 7) + " " + shown(finding.detail) +
         "\n";
}

}  // namespace server
