// Accounts as JSON and as a table, one account per row.
#include "server/render/account.hpp"

#include <algorithm>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "server/render/failure.hpp"

namespace server {

namespace st = stocktracker;

std::string facts_text(const st::CredentialFacts& facts) {
  std::string text = !facts.kind.empty()               ? facts.kind + " token"
                     : facts.part.starts_with("token") ? std::string("token of unknown kind")
                                                       : std::string("key");
  if (facts.read_only) text += ", read only";
  if (!facts.categories.empty()) {
    // Names that contain blanks are separated by commas.
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

namespace {

// What a person reads for HealthReason::code.
std::string reason_text(const st::HealthReason& reason) {
  if (reason.code == "base_url") return "the address of the account is not allowed";
  if (reason.code == "token_expiring") return "a token ends soon";
  if (reason.code == "token_expired") return "a token has ended";
  if (reason.code == "disconnected") return "it is disconnected; connect it again to use it";
  if (reason.code == "throttled") return "a request limit is reached";
  return reason_of_code(reason.code);
}

std::string time_text(const std::string& value) {
  const auto at = st::parse_rfc3339(value);
  return at ? st::to_table_text(at.value()) : value;
}

// What a person reads for a HealthParameter; empty for a text that is too long for a cell.
std::string parameter_text(const st::HealthParameter& parameter) {
  if (parameter.name == "why") return {};  // `accounts` writes it below its table
  if (parameter.name == "source" || parameter.name == "part") return parameter.value;
  if (parameter.name == "http_status") return "HTTP " + parameter.value;
  if (parameter.name == "retry_at") return "again at " + time_text(parameter.value);
  if (parameter.name == "expires_at") return "at " + time_text(parameter.value);
  return parameter.name + " " + parameter.value;
}

}  // namespace

std::string health_text(const st::AccountHealth& health) {
  std::string text = to_string(health.state);
  if (!health.reason) return text;
  text += ": " + reason_text(*health.reason);
  std::string words;
  for (const st::HealthParameter& parameter : health.reason->parameters) {
    const std::string word = parameter_text(parameter);
    if (!word.empty()) words += (words.empty() ? "" : ", ") + word;
  }
  return words.empty() ? text : text + " (" + words + ")";
}

std::string to_json(const KnownAccount& known) {
  const st::Account& account = known.account;
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
  json.key("disconnected_at");
  if (account.disconnected_at) {
    json.string(to_rfc3339(*account.disconnected_at));
  } else {
    json.null();
  }
  json.key("health");
  if (known.health) {
    json.string(to_string(known.health->state));
    text("since", to_rfc3339(known.health->since));
  } else {
    json.null().key("since").null();
  }
  json.key("reason");
  if (known.health && known.health->reason) {
    json.begin_object();
    text("code", known.health->reason->code);
    for (const st::HealthParameter& parameter : known.health->reason->parameters) text(parameter.name, parameter.value);
    json.end_object();
  } else {
    json.null();
  }
  json.key("credentials").begin_array();
  for (const st::CredentialFacts& fact : known.credentials) {
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

TextTable account_table() {
  using Align = TextTable::Align;
  return TextTable({{"label", Align::left, 30},
                    {"channel", Align::left},
                    {"seller", Align::left},
                    {"health", Align::left, 90},
                    {"since", Align::left},
                    {"credentials", Align::left, 90}});
}

std::vector<std::string> account_row(const KnownAccount& known) {
  const st::Account& account = known.account;
  std::string held;
  for (const st::CredentialFacts& fact : known.credentials) held += (held.empty() ? "" : "; ") + facts_text(fact);
  return {account.label,
          std::string(account.channel.code()),
          account.seller_key,
          known.health ? health_text(*known.health) : "not checked yet",
          known.health ? st::to_table_text(known.health->since) : "",
          held};
}

}  // namespace server
