#include <cstdio>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "commands.hpp"
#include "terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

// What orders say of the change, after the entry; nothing where they say nothing.
std::string orders_text(const st::Movement& m, const st::MovementExplanation& why) {
  if (why.lines == 0 && (!why.covered || m.delta() == 0)) return {};
  std::string text = "; " + std::to_string(why.lines) + " order lines explain " + std::to_string(why.explained());
  if (!why.covered) return text + ", orders of that time are not all known";
  const std::int64_t rest = m.delta() - why.explained();
  return rest == 0 ? text : text + ", unexplained " + std::to_string(rest);
}

void write(st::JsonWriter& json, const st::Movement& m, const st::MovementExplanation& why) {
  json.begin_object().field("offer", std::string_view(m.offer.key)).field("article", std::string_view(m.offer.article));
  json.field("warehouse", std::string_view(m.warehouse.key))
      .field("warehouse_name", std::string_view(m.warehouse.name));
  json.field("seq", m.seq).field("kind", to_string(m.kind)).field("before", m.before).field("after", m.after);
  json.field("delta", m.delta()).field("kept", m.kept());
  json.field("observed_at", std::string_view(st::to_rfc3339(m.observed_at)));
  json.field("recorded_at", std::string_view(st::to_rfc3339(m.recorded_at)));
  if (m.run.is_nil()) {
    json.key("run").null();
  } else {
    json.field("run", std::string_view(m.run.text()));
  }
  json.field("cause", std::string_view(m.cause));
  json.key("orders").begin_object().field("covered", why.covered).field("lines", why.lines);
  json.field("ordered", why.ordered).field("called_off", why.called_off).end_object().end_object();
}

st::Result<void> show(const Session& session, const LedgerOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  st::MovementQuery query;
  STK_TRY(query.account, account_named(engine, options.account, session));
  query.offer = options.offer;
  query.article = options.article;
  query.warehouse = options.warehouse;
  STK_TRY(query.from, day_or_instant_option(engine, "--from", options.from, session));
  STK_TRY(query.until, day_or_instant_option(engine, "--until", options.until, session));
  auto movements = engine.ledger().movements(query, session.context);
  std::int64_t count = 0;
  if (options.json) emit(stdout, "[");
  while (auto movement = movements.next()) {
    STK_TRY(const st::Movement& m, *movement);
    if (options.limit > 0 && count == options.limit) break;
    STK_TRY(const auto why, engine.orders().explain(m, session.context));
    if (options.json) {
      std::string line = count == 0 ? "\n" : ",\n";
      st::JsonWriter json(line);
      write(json, m, why);
      emit(stdout, line);
    } else {
      emitf(stdout, "%s %s  %s%s\n", shown(m.offer.key).c_str(), shown(m.offer.article).c_str(),
            shown(m.explain()).c_str(), orders_text(m, why).c_str());
    }
    ++count;
  }
  if (options.json) emit(stdout, "\n]\n");
  if (!options.json && count == 0) emitf(stderr, "no entries\n");
  return st::success();
}

}  // namespace

ExitCode run_ledger(const Session& session, const LedgerOptions& options) {
  const auto shown = show(session, options);
  return shown ? kOk : report(shown.error());
}

}  // namespace server
