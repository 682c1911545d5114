#include <sys/stat.h>

#include <cstdio>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "commands.hpp"
#include "database_url.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

// Not as for reading: what the keys are is asked of the provider.
st::Result<st::Engine> open_with_keys(const Session& session, const KeyCommand& options, bool read_only) {
  struct stat status {};
  st::OpenOptions open;
  open.read_only = read_only;
  open.telemetry = session.telemetry;
  if (is_url(session.db)) {
    STK_TRY(open.storage, open_url(session));
  } else if (::stat(session.db.c_str(), &status) != 0) {
    return st::Error(st::Errc::not_found, "there is no store " + session.db).about("db");
  } else {
    open.path = session.db;
  }
  STK_TRY(choose_keys(open, session, options.keys));
  return st::open(std::move(open));
}

void add_failures(st::JsonWriter& json, const std::vector<st::KeyFailure>& failures) {
  json.key("failures").begin_array();
  for (const st::KeyFailure& failure : failures) {
    const std::string tenant = failure.tenant.text();
    const std::string text = failure.error.text();
    json.begin_object().field("tenant", std::string_view(tenant)).field("error", std::string_view(text)).end_object();
  }
  json.end_array();
}

void print_failures(const std::vector<st::KeyFailure>& failures) {
  for (const st::KeyFailure& failure : failures) {
    emitf(stderr, "stocktracker: tenant %s: %s\n", failure.tenant.text().c_str(), shown(failure.error.text()).c_str());
  }
}

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

const char* remark(const st::MasterKeyUse& use) {
  if (use.current) return "current";
  if (!use.held) return "MISSING: what it has sealed stays closed";
  return use.unused() ? "unused here; older backups need it" : "run key rotate";
}

void print(const st::KeyStatus& status) {
  TextTable master({{"master key", TextTable::Align::left}, {"seals"}, {"", TextTable::Align::left}});
  for (const st::MasterKeyUse& use : status.master) master.add({use.id, std::to_string(use.sealed), remark(use)});
  master.print(stdout);
  if (status.data.empty()) return;
  emitf(stdout, "\n");
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
  data.print(stdout);
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

void print(const st::KeyRotationReport& report, const KeyCommand& options) {
  if (options.action == "discard") {
    emitf(stdout, "data keys deleted: %lld\n", static_cast<long long>(report.deleted));
    return;
  }
  std::string first = "data keys made: " + std::to_string(report.made);
  if (!options.data) {
    first = "current key " + report.current;
    first += report.made > 0  ? ", made now"
             : report.outside ? "; keys come from outside: make a new one there, as the first line, and run this again"
                              : "; an earlier rotation was finished, no key was made (--new makes one)";
  }
  emitf(stdout, "%s\nsealed anew: %lld, left: %lld\n", shown(first).c_str(), static_cast<long long>(report.sealed_anew),
        static_cast<long long>(report.left));
  if (options.data) {
    emitf(stdout, "older data keys deleted: %lld\n", static_cast<long long>(report.deleted));
  } else if (report.left == 0) {
    emitf(stdout, "older keys that `stocktracker key status` calls unused may be removed; backups need them\n");
  }
}

st::Result<ExitCode> show(const Session& session, const KeyCommand& options) {
  STK_TRY(const auto engine, open_with_keys(session, options, true));
  STK_TRY(const auto status, engine.keys().status(session.context));
  if (options.json) {
    emitf(stdout, "%s\n", to_json(status).c_str());
  } else {
    print(status);
    print_failures(status.failures);
  }
  return status.failures.empty() ? kOk : exit_code_of(status.failures.front().error);
}

st::Result<ExitCode> change(const Session& session, const KeyCommand& options) {
  STK_TRY(const auto engine, open_with_keys(session, options, false));
  auto keys = engine.keys();
  const st::KeyRotationOptions rotation{.fresh = options.fresh};
  STK_TRY(const auto report, options.action == "discard" ? keys.discard_unused(session.context)
                             : options.data              ? keys.rotate_data(rotation, session.context)
                                                         : keys.rotate_master(rotation, session.context));
  if (options.json) {
    emitf(stdout, "%s\n", to_json(report).c_str());
  } else {
    print(report, options);
    print_failures(report.failures);
  }
  return report.failures.empty() ? kOk : exit_code_of(report.failures.front().error);
}

}  // namespace

ExitCode run_key(const Session& session, const KeyCommand& options) {
  const auto done = options.action == "status" ? show(session, options) : change(session, options);
  return done ? done.value() : report(done.error());
}

}  // namespace server
