#include "accounts_text.hpp"

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include <algorithm>

namespace server {

namespace st = stocktracker;

std::string facts_text(const st::CredentialFacts& facts) {
  std::string text = !facts.kind.empty()               ? facts.kind + " token"
                     : facts.part.starts_with("token") ? std::string("token of unknown kind")
                                                       : std::string("key");
  if (facts.read_only) text += ", read only";
  if (!facts.categories.empty()) {
    // Names that hold blanks are told apart by commas.
    std::string opens;
    const bool blanks = std::any_of(facts.categories.begin(), facts.categories.end(),
                                    [](const std::string& name) { return name.find(' ') != std::string::npos; });
    for (const std::string& category : facts.categories)
      opens += (opens.empty() ? " " : blanks ? ", " : " ") + category;
    text += ", opens" + opens;
  }
  if (facts.expires_at) text += ", until " + st::to_table_text(*facts.expires_at);
  return text;
}

std::string health_text(const st::AccountHealth& health) {
  std::string text = to_string(health.state);
  if (!health.reason) return text;
  text += ": " + health.reason->code;
  for (const st::HealthParameter& parameter : health.reason->parameters) {
    text += " " + parameter.name + "=" + parameter.value;
  }
  return text;
}

std::string why_of(const st::SourceOutcome& source) {
  std::string why = source.error ? reason_of(*source.error) : std::string();
  if (!source.note.empty()) why += (why.empty() ? "" : "; ") + source.note;
  if (!why.empty()) return why;
  if (source.skipped > 0) return "skipped " + std::to_string(source.skipped);
  switch (source.state) {
    case st::SourceState::ok:
      return {};
    case st::SourceState::stale:
      return "not asked in this run";
    case st::SourceState::gone:
      return "the marketplace does not list it any more";
    default:
      return std::string(to_string(source.state)) + " without a reason";
  }
}

st::Result<std::optional<st::AccountHealth>> health_of(const st::Engine& engine, const st::Account& account,
                                                       const st::CallContext& context) {
  auto health = engine.accounts().health(account.id, context);
  if (health) return std::optional<st::AccountHealth>(std::move(health).value());
  if (health.error().kind() == st::ErrorKind::not_found) return std::optional<st::AccountHealth>();
  return std::move(health).error();
}

st::Result<std::string> account_json(const st::Engine& engine, const st::Account& account,
                                     const st::CallContext& context) {
  STK_TRY(const auto health, health_of(engine, account, context));
  STK_TRY(const auto facts, engine.accounts().credentials(account.id, context));
  std::string out;
  st::JsonWriter json(out);
  const auto text = [&](std::string_view name, const std::string& value) { json.field(name, std::string_view(value)); };
  json.begin_object();
  text("id", account.id.text());
  json.field("channel", account.channel.code());
  text("seller", account.seller_key);
  text("seller_name", account.seller_name);
  text("label", account.label);
  text("connected_at", to_rfc3339(account.connected_at));
  json.key("health");
  if (health) {
    json.string(to_string(health->state));
    text("since", to_rfc3339(health->since));
  } else {
    json.null().key("since").null();
  }
  json.key("reason");
  if (health && health->reason) {
    json.begin_object();
    text("code", health->reason->code);
    for (const st::HealthParameter& parameter : health->reason->parameters) text(parameter.name, parameter.value);
    json.end_object();
  } else {
    json.null();
  }
  json.key("credentials").begin_array();
  for (const st::CredentialFacts& fact : facts) {
    json.begin_object();
    text("part", fact.part);
    text("kind", fact.kind);
    json.field("read_only", fact.read_only).key("categories").begin_array();
    for (const std::string& category : fact.categories) json.string(category);
    json.end_array().key("expires_at");
    if (fact.expires_at) {
      json.string(to_rfc3339(*fact.expires_at));
    } else {
      json.null();
    }
    json.end_object();
  }
  json.end_array().end_object();
  return out;
}

}  // namespace server
