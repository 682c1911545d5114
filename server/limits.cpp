#include <algorithm>
#include <cstdio>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "commands.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

// What the table says for one account: rules of its channel and of the kinds of its tokens.
bool concerns(const st::LimitRule& rule, const st::Account& account, const std::vector<st::CredentialFacts>& facts) {
  if (rule.vendor != account.channel.code()) return false;
  if (rule.tiers.empty() || facts.empty()) return true;
  return std::any_of(facts.begin(), facts.end(), [&](const st::CredentialFacts& fact) {
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

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
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

// Sources that wait, across processes: the store remembers.
st::Result<std::string> waiting(const st::Engine& engine, const st::Account& account, const st::CallContext& context) {
  STK_TRY(const auto sources, engine.sync().sources(account.id, context));
  std::string text;
  for (const st::SourceStatus& source : sources) {
    if (source.state != st::SourceState::throttled || !source.retry_at) continue;
    text += "  " + shown(source.name) + " waits until " + st::to_table_text(*source.retry_at) + "\n";
  }
  return text;
}

void write_json(st::JsonWriter& json, const st::LimitTable& table, const st::Account& account,
                const std::vector<st::CredentialFacts>& facts) {
  for (const st::LimitRule& rule : table.limits) {
    if (!concerns(rule, account, facts)) continue;
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

st::Result<void> show(const Session& session, const LimitsCommand& options) {
  STK_TRY(const auto table, limits_of(options.network));
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto accounts, engine.accounts().list(session.context).collect());
  using Align = TextTable::Align;
  TextTable text({{"account", Align::left, 30},
                  {"category", Align::left},
                  {"methods", Align::left, 40},
                  {"allowed", Align::left},
                  {"one each", Align::right},
                  {"burst", Align::right},
                  {"penalty", Align::left}});
  std::string out;
  std::string waits;
  st::JsonWriter json(out);
  json.begin_array();
  for (const st::Account& account : accounts) {
    STK_TRY(const auto facts, engine.accounts().credentials(account.id, session.context));
    write_json(json, table, account, facts);
    for (const st::LimitRule& rule : table.limits) {
      if (!concerns(rule, account, facts)) continue;
      text.add({account.label, rule.category, joined(rule.methods),
                std::to_string(rule.requests) + " per " + short_text(rule.period), short_text(rule.interval),
                std::to_string(rule.burst), penalty_text(table, rule)});
    }
    for (const st::ParallelRule& rule : table.parallel) {
      if (rule.vendor != account.channel.code()) continue;
      text.add({account.label, rule.category, "", std::to_string(rule.requests) + " at once", "", "", ""});
    }
    STK_TRY(const auto more, waiting(engine, account, session.context));
    waits += more;
  }
  json.end_array();
  if (options.json) {
    emit(stdout, out + "\n");
  } else {
    text.print(stdout);
    emit(stdout, waits);
  }
  return st::success();
}

}  // namespace

ExitCode run_limits(const Session& session, const LimitsCommand& options) {
  const auto shown = show(session, options);
  return shown ? kOk : report(shown.error());
}

}  // namespace server
