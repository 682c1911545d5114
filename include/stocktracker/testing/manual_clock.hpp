/// @file
/// ManualClock: virtual time. It moves when a test moves it, and by itself when all participating threads wait.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include <stocktracker/ports/clock.hpp>

namespace stocktracker::inline v0::testing {

/// Thread-safe. `participants` threads take part (1 unless set): when that many are inside wait_until, time jumps to
/// the earliest instant that one of them waits for. So with one thread every wait returns at once, at its later time.
///
/// @code
/// auto clock = std::make_shared<st::testing::ManualClock>();
/// STK_TRY(auto engine, st::open({.path = ":memory:", .clock = clock}));
/// clock->advance(24h);  // a day passes at once
/// @endcode
class STK_API ManualClock final : public Clock {
 public:
  /// Where virtual time begins unless something else is said: 2026-11-21T22:26:40Z.
  static constexpr Instant kStart = Instant::from_seconds(1'795'300'000);

  explicit ManualClock(Instant start = kStart) noexcept;

  [[nodiscard]] Instant now() const override;
  [[nodiscard]] Result<void> wait_until(Instant at, std::stop_token stop) override;

  /// Never moves back: earlier instants are ignored.
  void advance_to(Instant at);
  void advance(Duration by);
  /// Sets time back, as can happen to a machine's clock: only now() is affected.
  void step_back(Duration by);
  /// Sum of all steps back: other machines' clocks do not make them.
  [[nodiscard]] Duration stepped_back() const;
  void set_participants(std::size_t count);

 private:
  void jump_if_all_wait();

  mutable std::mutex mutex_;
  std::condition_variable_any moved_;
  Instant now_;
  Duration stepped_back_{};
  std::size_t participants_ = 1;
  std::vector<Instant> waiting_;
};

}  // namespace stocktracker::inline v0::testing
