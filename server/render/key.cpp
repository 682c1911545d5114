// Keys as JSON and as tables, one key per row.
#include "server/render/key.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "server/render/terminal.hpp"
#include "server/render/text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

void add_failures(st::JsonWriter& json, const std::vector<st::KeyFailure>& failures) {
  json.key("failures").begin_array();
  for (const st::KeyFailure& failure : failures) {
    const std::string tenant = failure.tenant.text();
    const std::string text = failure.error.text();
    json.begin_object().field("tenant", std::string_view(tenant)).field("error", std::string_view(text)).end_object();
  }
  json.end_array();
}

const char* remark(const st::MasterKeyUse& use) {
  if (use.current) return "current";
  if (!use.held) return "MISSING: what it has sealed cannot be opened";
  return use.unused() ? "unused here; older backups need it" : "run key rotate";
}

}  // namespace

std::string to_json(const st::KeyStatus& status) {
  std::string out;
  st::JsonWriter json(out);
  json.begin_object().key("master").begin_array();
  for (const st::MasterKeyUse& use : status.master) {
    json.begin_object().field("id", std::string_view(use.id)).field("current", use.current).field("held", use.held);
    json.field("sealed", use.sealed).field("unused", use.unused()).end_object();
  }
  json.end_array().key("data").begin_array();
  for (const st::DataKeyUse& use : status.data) {
    const std::string tenant = use.tenant.text();
    const std::string created = st::to_rfc3339(use.created_at);
    json.begin_object().field("tenant", std::string_view(tenant)).field("number", use.number);
    const std::string retired = use.retired_at ? st::to_rfc3339(*use.retired_at) : std::string();
    json.field("created_at", std::string_view(created)).key("retired_at");
    retired.empty() ? json.null() : json.string(retired);
    json.field("sealed_by", std::string_view(use.sealed_by)).field("credentials", use.credentials);
    json.field("removable", use.removable).end_object();
  }
  json.end_array();
  add_failures(json, status.failures);
  json.end_object();
  return out;
}

void key_status_as_text(const st::KeyStatus& status, Sink& sink) {
  TextTable master({{"master key", TextTable::Align::left}, {"seals"}, {"", TextTable::Align::left}});
  for (const st::MasterKeyUse& use : status.master) master.add({use.id, std::to_string(use.sealed), remark(use)});
  master.print(sink);
  if (status.data.empty()) return;
  sink.append("\n");
  TextTable data({{"tenant", TextTable::Align::left, 36},
                  {"key"},
                  {"made", TextTable::Align::left},
                  {"replaced", TextTable::Align::left},
                  {"sealed by", TextTable::Align::left},
                  {"credentials"},
                  {"", TextTable::Align::left}});
  for (const st::DataKeyUse& use : status.data) {
    data.add({use.tenant.text(), std::to_string(use.number), st::to_table_text(use.created_at),
              use.retired_at ? st::to_table_text(*use.retired_at) : "", use.sealed_by,
              use.credentials ? std::to_string(*use.credentials) : "?", use.removable ? "unused" : ""});
  }
  data.print(sink);
}

std::string to_json(const st::KeyRotationReport& report) {
  std::string out;
  st::JsonWriter json(out);
  json.begin_object().field("current", std::string_view(report.current)).field("made", report.made);
  json.field("outside", report.outside).field("sealed_anew", report.sealed_anew).field("left", report.left);
  json.field("deleted", report.deleted);
  add_failures(json, report.failures);
  json.end_object();
  return out;
}

void rotation_as_text(const st::KeyRotationReport& report, KeyChange change, Sink& sink) {
  if (change == KeyChange::discard) {
    sink.append("data keys deleted: " + std::to_string(report.deleted) + "\n");
    return;
  }
  std::string first = "data keys made: " + std::to_string(report.made);
  if (change == KeyChange::master) {
    first = "current key " + report.current;
    first += report.made > 0  ? ", made now"
             : report.outside ? "; keys come from outside: make a new one there, as the first line, and run this again"
                              : "; an earlier rotation was finished, no key was made; add --new to make one";
  }
  sink.append(shown(first) + "\nsealed anew: " + std::to_string(report.sealed_anew) +
              ", left: " + std::to_string(report.left) + "\n");
  if (change == KeyChange::data) {
    sink.append("older data keys deleted: " + std::to_string(report.deleted) + "\n");
  } else if (report.left == 0) {
    sink.append("older keys that `stocktracker key status` calls unused may be removed; backups need them\n");
  }
}

}  // namespace server
