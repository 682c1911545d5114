// Request limits, one per row.
#include "server/render/limit.hpp"

#include <algorithm>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "server/render/joined.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

// The rules of the table that apply to one account: by its channel and the kinds of its tokens.
bool concerns(const st::LimitRule& rule, const KnownAccount& known) {
  if (rule.vendor != known.account.channel.code()) return false;
  if (rule.tiers.empty() || known.credentials.empty()) return true;
  return std::any_of(known.credentials.begin(), known.credentials.end(), [&](const st::CredentialFacts& fact) {
    return std::find(rule.tiers.begin(), rule.tiers.end(), fact.kind) != rule.tiers.end();
  });
}

std::string short_text(st::Duration length) {
  const auto micros = length.count();
  if (micros % 3'600'000'000 == 0) return std::to_string(micros / 3'600'000'000) + " h";
  if (micros % 60'000'000 == 0) return std::to_string(micros / 60'000'000) + " min";
  if (micros % 1'000'000 == 0) return std::to_string(micros / 1'000'000) + " s";
  return std::to_string(micros / 1'000) + " ms";
}

std::string penalty_text(const st::LimitTable& table, const st::LimitRule& rule) {
  for (const st::PenaltyRule& penalty : table.penalties) {
    if (penalty.vendor == rule.vendor && penalty.category == rule.category) {
      return std::to_string(penalty.from) + "-" + std::to_string(penalty.to) + " counts " +
             std::to_string(penalty.requests);
    }
  }
  return {};
}

// The rules that apply to one account, as objects of an array.
void write_limits(st::JsonWriter& json, const st::LimitTable& table, const KnownAccount& known) {
  const st::Account& account = known.account;
  for (const st::LimitRule& rule : table.limits) {
    if (!concerns(rule, known)) continue;
    json.begin_object().field("account", std::string_view(account.label));
    json.field("category", std::string_view(rule.category)).key("methods").begin_array();
    for (const std::string& method : rule.methods) json.string(method);
    json.end_array().field("requests", rule.requests).field("period_ms", rule.period.count() / 1'000);
    json.field("interval_ms", rule.interval.count() / 1'000).field("burst", rule.burst).end_object();
  }
  for (const st::ParallelRule& rule : table.parallel) {
    if (rule.vendor != account.channel.code()) continue;
    json.begin_object().field("account", std::string_view(account.label));
    json.field("category", std::string_view(rule.category)).field("at_once", rule.requests).end_object();
  }
}

}  // namespace

std::string to_json(const st::LimitTable& limits, const std::vector<KnownAccount>& accounts) {
  std::string out;
  st::JsonWriter json(out);
  json.begin_array();
  for (const KnownAccount& known : accounts) write_limits(json, limits, known);
  json.end_array();
  return out;
}

TextTable limit_table() {
  using Align = TextTable::Align;
  return TextTable({{"account", Align::left, 30},
                    {"category", Align::left},
                    {"methods", Align::left, 40},
                    {"allowed", Align::left},
                    {"one each", Align::right},
                    {"burst", Align::right},
                    {"penalty", Align::left}});
}

void add_limits(TextTable& table, const st::LimitTable& limits, const KnownAccount& known) {
  const st::Account& account = known.account;
  for (const st::LimitRule& rule : limits.limits) {
    if (!concerns(rule, known)) continue;
    table.add({account.label, rule.category, joined(rule.methods),
               std::to_string(rule.requests) + " per " + short_text(rule.period), short_text(rule.interval),
               std::to_string(rule.burst), penalty_text(limits, rule)});
  }
  for (const st::ParallelRule& rule : limits.parallel) {
    if (rule.vendor != account.channel.code()) continue;
    table.add({account.label, rule.category, "", std::to_string(rule.requests) + " at once", "", "", ""});
  }
}

std::string waiting_text(const std::vector<st::SourceStatus>& sources) {
  std::string text;
  for (const st::SourceStatus& source : sources) {
    if (source.state != st::SourceState::throttled || !source.retry_at) continue;
    text += "  " + shown(source.name) + " waits until " + st::to_table_text(*source.retry_at) + "\n";
  }
  return text;
}

}  // namespace server
