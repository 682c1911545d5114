/// Remembered: a value that a connector reads once and then reuses.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace stocktracker::inline v0 {

/// Thread-safe. A stored value is immutable, and lives as long as somebody uses it.
template <class T>
class Remembered {
 public:
  /// Null: not stored yet.
  [[nodiscard]] std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  std::shared_ptr<const T> set(T value) {
    auto fresh = std::make_shared<const T>(std::move(value));
    const std::lock_guard lock(mutex_);
    return value_ = std::move(fresh);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace stocktracker::inline v0
