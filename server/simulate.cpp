#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/testing/world_server.hpp>

#include "commands.hpp"

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
  shape.start = st::make_system_clock()->now();
  STK_TRY(shape.validate());
  STK_TRY(auto script, script_of(options.faults));
  st::testing::World world(shape);
  world.faults().replace(std::move(script));
  STK_TRY(const auto server, st::testing::WorldServer::start(
                                 world, {.port = static_cast<std::uint16_t>(options.port), .speed = options.speed}));
  const auto token = world.token(st::Channel::wildberries);
  std::string line;
  st::JsonWriter json(line);
  json.begin_object().field("url", std::string_view(server->url())).field("token", token.reveal()).end_object();
  std::printf("%s\n", line.c_str());
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
