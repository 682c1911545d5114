// `simulate`: serves simulated marketplaces on this machine.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>
#include <vector>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/testing/world_server.hpp>

#include "server/cli/command.hpp"
#include "server/render/simulation.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct SimulateOptions {
  std::uint64_t seed = 42;
  int offers = 100;
  int port = 0;
  int speed = 1;
  int orders = 0;  // per offer and day, in hundredths
  int days = 0;    // simulated before it serves
  bool no_limits = false;
  std::string faults;
  std::vector<std::string> channels{"wildberries"};
};

st::Result<st::testing::FaultScript> script_of(const std::string& path) {
  if (path.empty()) return st::testing::FaultScript();
  std::ifstream file(path, std::ios::binary);
  if (!file) return st::Error(st::Errc::not_found, "the fault script " + path + " cannot be read").about("--faults");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto script = st::testing::FaultScript::parse(text);
  if (!script) {
    const std::string where = script.error().message();
    return st::Error(st::Errc::invalid_text, path + ": " + where).about("--faults");
  }
  return script;
}

st::Result<void> serve(const Session& session, const SimulateOptions& options) {
  st::testing::WorldOptions shape;
  shape.seed = options.seed;
  shape.offers = options.offers;
  shape.orders_per_offer_day_x100 = options.orders;
  shape.limits = !options.no_limits;
  shape.start = st::make_system_clock()->now() - std::chrono::hours(24) * options.days;
  shape.channels.clear();
  for (const std::string& name : options.channels) {
    shape.channels.push_back(name == "ozon"            ? st::Channel::ozon
                             : name == "yandex-market" ? st::Channel::yandex_market
                                                       : st::Channel::wildberries);
  }
  STK_TRY(shape.validate());
  STK_TRY(auto script, script_of(options.faults));
  st::testing::World world(shape);
  world.faults().replace(std::move(script));
  world.clock()->advance(std::chrono::hours(24) * options.days);
  STK_TRY(const auto server, st::testing::WorldServer::start(
                                 world, {.port = static_cast<std::uint16_t>(options.port), .speed = options.speed}));
  std::vector<SimulatedAccount> accounts;
  for (const st::Channel& channel : shape.channels) {
    accounts.push_back({channel, world.seller(channel), world.token(channel)});
  }
  standard_output().append(to_json(server->url(), accounts) + "\n");
  std::fflush(stdout);
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, session.context.stop, [] { return false; });
  return st::success();
}

class SimulateCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& /*session*/) override {
    auto* command = app.add_subcommand("simulate", "Simulated marketplaces on this machine, for tests and trials");
    command->footer("Prints one JSON line with url and keys, then serves until Ctrl-C.");
    command->add_option("--channels", options_.channels, "Marketplaces of the seller: wildberries, ozon, yandex-market")
        ->delimiter(',')
        ->check(CLI::IsMember({"wildberries", "ozon", "yandex-market"}));
    command->add_option("--seed", options_.seed, "Number that selects another simulated seller");
    command->add_option("--offers", options_.offers, "Number of offers")->check(CLI::Range(0, 2'000'000));
    command->add_option("--port", options_.port, "TCP port; 0 chooses a free one")->check(CLI::Range(0, 65'535));
    command->add_option("--speed", options_.speed, "Simulated seconds per real second")
        ->check(CLI::Range(1, 1'000'000));
    command->add_option("--orders", options_.orders, "Orders per offer and day, in hundredths; 0: no trade at all")
        ->check(CLI::Range(0, 100'000));
    command->add_option("--days", options_.days, "Days that are simulated before it serves")->check(CLI::Range(0, 365));
    command->add_flag("--no-limits", options_.no_limits, "Do not enforce request limits");
    command->add_option("--faults", options_.faults, "File with a fault script, JSON");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = serve(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  SimulateOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_simulate() { return std::make_unique<SimulateCommand>(); }

}  // namespace server
