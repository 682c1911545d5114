/// @file
/// WorldServer: serves a world over the network of this machine, in real time or faster.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <stocktracker/core/result.hpp>
#include <stocktracker/testing/world.hpp>

namespace stocktracker::inline v0::testing {

struct WorldServerOptions {
  std::uint16_t port = 0;  ///< 0: a free one
  int speed = 1;  ///< seconds of the world per real second, 1 to 1,000,000; 0: only the owner of its clock moves it
  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Serves every marketplace of the world under one address; the path selects the marketplace. Stops when destroyed.
///
/// @code
/// STK_TRY(auto server, st::testing::WorldServer::start(world, {.speed = 3'600}));  // an hour in a second
/// std::puts(server->url().c_str());
/// @endcode
class STK_API WorldServer {
 public:
  /// The world must outlive the server. Errc::io_failed if the port is taken.
  [[nodiscard]] static Result<std::unique_ptr<WorldServer>> start(World& world, WorldServerOptions options = {});
  ~WorldServer();
  WorldServer(const WorldServer&) = delete;
  WorldServer& operator=(const WorldServer&) = delete;
  [[nodiscard]] std::string url() const;

 private:
  struct State;
  explicit WorldServer(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace stocktracker::inline v0::testing
