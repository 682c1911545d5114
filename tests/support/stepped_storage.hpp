// A store that counts: `before` runs before each transaction and each change of a plane, and may let it fail.
#pragma once

#include <functional>

#include "tests/support/wrapped_storage.hpp"

// Not for several threads. What `before` does to the same store through the stepped one is not counted.
class SteppedStorage final : public WrappedStorage {
 public:
  using Before = std::function<stocktracker::Result<void>(int step)>;
  using WrappedStorage::WrappedStorage;

  Before before;
  int steps = 0;

 private:
  stocktracker::Result<void> transact(stocktracker::Database& plane, const stocktracker::CallContext& context,
                                      stocktracker::TransactMode mode, Body body) override {
    STK_TRY(before_change());
    return plane.transact(context, mode, body);
  }
  stocktracker::Result<void> before_change() override {
    if (busy_) return stocktracker::success();
    const int now = steps++;
    if (!before) return stocktracker::success();
    busy_ = true;
    auto done = before(now);
    busy_ = false;
    return done;
  }

  bool busy_ = false;
};
