// What a run would request, one source per row.
#include "server/render/plan.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "server/render/terminal.hpp"
#include "server/render/text_table.hpp"

namespace server {

namespace st = stocktracker;

std::string to_json(const st::SyncPlan& plan) {
  std::string out;
  st::JsonWriter json(out);
  const std::string account = plan.account.text();
  json.begin_object().field("account", std::string_view(account)).field("requests", plan.requests());
  json.field("at_least", plan.at_least()).key("sources").begin_array();
  for (const st::PlannedSource& source : plan.sources) {
    json.begin_object().field("name", std::string_view(source.name)).field("requests", source.requests);
    json.field("at_least", source.at_least).key("not_before");
    if (source.not_before) {
      json.string(st::to_rfc3339(*source.not_before));
    } else {
      json.null();
    }
    json.end_object();
  }
  json.end_array().end_object();
  return out;
}

void plan_as_text(const st::Account& account, const st::SyncPlan& plan, Sink& sink) {
  using Align = TextTable::Align;
  const auto count = [](std::int64_t requests, bool at_least) {
    return (at_least ? "at least " : "") + std::to_string(requests);
  };
  sink.append(shown(account.label) + ": " + count(plan.requests(), plan.at_least()) + " requests\n");
  TextTable table({{"source", Align::left, 24}, {"requests", Align::right}, {"not before", Align::left}});
  for (const st::PlannedSource& source : plan.sources) {
    table.add({source.name, count(source.requests, source.at_least),
               source.not_before ? st::to_table_text(*source.not_before) : ""});
  }
  table.print(sink);
}

}  // namespace server
