/// Slots that tenants share: they limit the requests in flight, and no tenant takes all of them.
#pragma once

#include <utility>
#include <vector>

#include <stocktracker/core/ids.hpp>

namespace stocktracker::inline v0::curl {

/// A tenant takes its first slot whenever one is free. It takes another one if it then holds at most seven times the
/// number of free slots: a tenant that is alone gets seven eighths, every new tenant finds a free slot, and the shares
/// of tenants that want more become equal as slots are returned. With fewer than four slots there is no such limit.
class Slots {
 public:
  explicit Slots(int room) noexcept : room_(room) {}

  [[nodiscard]] bool is_full() const noexcept { return taken_ >= room_; }
  [[nodiscard]] bool may_take(const TenantId& tenant) const noexcept;
  /// Throws std::bad_alloc, and then nothing is taken.
  void take(const TenantId& tenant);
  void give_back(const TenantId& tenant) noexcept;
  /// A slot that is not counted for any tenant.
  void take_for_all() noexcept { ++taken_; }
  void give_back_for_all() noexcept { --taken_; }
  /// Slots above a lower limit stay taken until they are returned.
  void resize(int room) noexcept { room_ = room; }

 private:
  [[nodiscard]] int held_by(const TenantId& tenant) const noexcept;

  int room_;
  int taken_ = 0;
  std::vector<std::pair<TenantId, int>> held_;  ///< few: tenants with requests in flight
};

}  // namespace stocktracker::inline v0::curl
