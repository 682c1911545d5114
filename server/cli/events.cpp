// `events`: lists the events of a tenant after a number, and waits for the next one.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <stocktracker/tenant/events.hpp>

#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/end_list.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/event.hpp"
#include "server/render/json_array.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct EventsOptions {
  std::optional<std::int64_t> after;  // none: all that are kept
  int wait = 0;                       // seconds
  std::int64_t limit = 0;             // 0: all
  bool json = false;
};

st::Result<void> show(const Session& session, const EventsOptions& options) {
  STK_TRY(const auto engine, open_for_change(session));
  std::int64_t cursor = 0;
  if (options.after) {
    cursor = *options.after;
  } else {
    STK_TRY(cursor, engine.events().oldest(session.context));
  }
  std::int64_t left = options.limit == 0 ? std::numeric_limits<std::int64_t>::max() : options.limit;
  st::EventOptions how{.wait = std::chrono::seconds(options.wait)};
  JsonArray array(standard_output());
  TextTable table = event_table();
  bool any = false;
  while (left > 0) {
    how.most = static_cast<int>(std::min<std::int64_t>(left, 1'000));
    STK_TRY(const auto events, engine.events().after(cursor, how, session.context));
    if (events.empty()) break;
    any = true;
    how.wait = {};
    for (const st::Event& event : events) {
      if (options.json) {
        array.add(to_json(event));
      } else {
        table.add(event_row(event));
      }
    }
    cursor = events.back().number;
    left -= static_cast<std::int64_t>(events.size());
  }
  end_list(options.json ? &array : nullptr, table, any, "no events after " + std::to_string(cursor));
  return st::success();
}

class EventsCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("events", "What happened: accounts, runs with news, what the operator did");
    add_db(*command, session);
    command->add_option("--after", options_.after, "Only events after this number; default: all that are kept");
    command->add_option("--wait", options_.wait, "Seconds to wait for the first event")->check(CLI::Range(0, 86'400));
    command->add_option("--limit", options_.limit, "Largest number of events, oldest first; 0: all")
        ->check(not_negative());
    command->add_flag("--json", options_.json, "A JSON array");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = show(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  EventsOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_events() { return std::make_unique<EventsCommand>(); }

}  // namespace server
