#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/testing/world_server.hpp>

#include "commands.hpp"
#include "terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

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

st::Result<void> serve(const Session& session, const SimulateCommand& options) {
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
  std::string line;
  st::JsonWriter json(line);
  json.begin_object().field("url", std::string_view(server->url()));
  for (const st::Channel& channel : shape.channels) {
    const auto token = world.token(channel);
    if (channel == st::Channel::wildberries) {
      json.field("token", token.reveal());
      continue;
    }
    json.key(channel.code()).begin_object();
    json.field(channel == st::Channel::ozon ? "client_id" : "business", std::string_view(world.seller(channel)));
    json.field("api_key", token.reveal()).end_object();
  }
  json.end_object();
  emitf(stdout, "%s\n", line.c_str());
  std::fflush(stdout);
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, session.context.stop, [] { return false; });
  return st::success();
}

}  // namespace

ExitCode run_simulate(const Session& session, const SimulateCommand& options) {
  const auto served = serve(session, options);
  return served ? kOk : report(served.error());
}

}  // namespace server
