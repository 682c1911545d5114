// WorldServer: serves a world on a port.
#include <stocktracker/testing/world_server.hpp>

#include <chrono>
#include <vector>

#include <stocktracker/core/problems.hpp>
#include <stocktracker/testing/loopback_server.hpp>

namespace stocktracker::inline v0::testing {
namespace {

/// A world may be behind the machine's clock, by another amount at each answer; its readers would then believe that
/// their clock is ahead. So Date is not sent, except where a limit is counted by it.
void drop_old_date(HttpResponse& response, Instant world) {
  const auto now = std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch());
  constexpr Duration kNoticeable = std::chrono::minutes(1);
  if (Instant::from_micros(now.count()) - world < kNoticeable || response.header("X-RateLimit-Resource-Until")) return;
  std::erase_if(response.headers, [](const HttpHeader& header) { return header.name == "Date"; });
}

class Handler final : public LoopbackHandler {
 public:
  Handler(World& world, int speed) : world_(world), speed_(speed), world_start_(world.clock()->now()) {}

  ServedAnswer answer(const HttpRequest& request) override {
    if (speed_ > 0) {
      const auto passed = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start_);
      world_.clock()->advance_to(world_start_ + passed * speed_);
    }
    WireAnswer answered = world_.answer(request);
    ServedAnswer served;
    served.response = std::move(answered.response);
    drop_old_date(served.response, world_.clock()->now());
    served.slow = answered.delay / std::max(1, speed_);
    if (answered.wire == WireAnswer::Wire::reset) served.wire = ServedAnswer::Wire::reset;
    if (answered.wire == WireAnswer::Wire::truncated) served.wire = ServedAnswer::Wire::truncated;
    return served;
  }

 private:
  World& world_;
  const int speed_;
  const Instant world_start_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

struct WorldServer::State {
  std::unique_ptr<LoopbackServer> server;
};

Result<void> WorldServerOptions::validate() const {
  Problems problems;
  problems.require(speed >= 0 && speed <= 1'000'000, "speed", "must be 0 to 1000000");
  return problems.result("WorldServerOptions");
}

Result<std::unique_ptr<WorldServer>> WorldServer::start(World& world, WorldServerOptions options) {
  STK_TRY(options.validate());
  auto state = std::make_unique<State>();
  STK_TRY(state->server, LoopbackServer::start(std::make_shared<Handler>(world, options.speed), options.port));
  return std::unique_ptr<WorldServer>(new WorldServer(std::move(state)));
}

WorldServer::WorldServer(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
WorldServer::~WorldServer() = default;

std::string WorldServer::url() const { return state_->server->url(); }

}  // namespace stocktracker::inline v0::testing
