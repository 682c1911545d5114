// Ledger entries, one per line.
#include "server/render/movement.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "server/render/terminal.hpp"

namespace server {

namespace st = stocktracker;

namespace {

// What order lines explain of the change; empty if there are none.
std::string orders_text(const st::Movement& m, const st::MovementExplanation& why) {
  if (why.lines == 0 && (!why.covered || m.delta() == 0)) return {};
  std::string text = "; " + std::to_string(why.lines) + " order lines explain " + std::to_string(why.explained());
  if (!why.covered) return text + ", orders of that time are not all known";
  const std::int64_t rest = m.delta() - why.explained();
  return rest == 0 ? text : text + ", unexplained " + std::to_string(rest);
}

}  // namespace

std::string to_json(const st::Movement& m, const st::MovementExplanation& why) {
  std::string text;
  st::JsonWriter json(text);
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
  return text;
}

std::string movement_text(const st::Movement& m, const st::MovementExplanation& why) {
  return shown(m.offer.key) + " " + shown(m.offer.article) + "  " + shown(m.explain()) + orders_text(m, why);
}

}  // namespace server
