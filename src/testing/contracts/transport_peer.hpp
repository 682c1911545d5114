/// The server that the suite of transports talks to.
#pragma once

#include <atomic>
#include <cstdint>

#include <stocktracker/testing/loopback_server.hpp>

namespace stocktracker::inline v0::testing::contract {

/// The path selects what happens.
class Peer final : public LoopbackHandler {
 public:
  ServedAnswer answer(const HttpRequest& request) override;
  bool ignores_body(const HttpRequest& request) override { return request.url.starts_with("/hung"); }
  [[nodiscard]] std::int64_t requests() const noexcept { return requests_; }
  [[nodiscard]] bool moved() const noexcept { return moved_; }

 private:
  std::atomic<std::int64_t> requests_ = 0;
  std::atomic<bool> moved_ = false;
};

}  // namespace stocktracker::inline v0::testing::contract
