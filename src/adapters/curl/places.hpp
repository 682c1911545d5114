/// @file
/// Places that tenants share: so many requests may be in flight together, and no tenant takes them all.
#pragma once

#include <utility>
#include <vector>

#include <stocktracker/core/ids.hpp>

namespace stocktracker::inline v0::curl {

/// A tenant takes its first place whenever one is free. It takes a further one if it then holds at most seven times
/// what is left free: alone it gets seven eighths, each newcomer finds a free place, and the shares of those that want
/// more become equal as places are given back. With fewer than four places nobody is held back.
class Places {
 public:
  explicit Places(int room) noexcept : room_(room) {}

  [[nodiscard]] bool is_full() const noexcept { return taken_ >= room_; }
  [[nodiscard]] bool may_take(const TenantId& tenant) const noexcept;
  /// Throws std::bad_alloc, and nothing is taken then.
  void take(const TenantId& tenant);
  void give_back(const TenantId& tenant) noexcept;
  /// A place that is counted for no tenant.
  void take_for_all() noexcept { ++taken_; }
  void give_back_for_all() noexcept { --taken_; }
  /// Places beyond the new room stay taken until they are given back.
  void resize(int room) noexcept { room_ = room; }

 private:
  [[nodiscard]] int held_by(const TenantId& tenant) const noexcept;

  int room_;
  int taken_ = 0;
  std::vector<std::pair<TenantId, int>> held_;  ///< few: those with something in flight
};

}  // namespace stocktracker::inline v0::curl
