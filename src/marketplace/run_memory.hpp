/// RunMemory: a connector's memory during a run. Places in lists are stored only with the rows that were read before
/// them.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <stocktracker/marketplace/connector.hpp>

#include "core/storable_text.hpp"

namespace stocktracker::inline v0 {

/// Thread-safe.
class RunMemory final : public AccountMemory {
 public:
  explicit RunMemory(std::shared_ptr<AccountMemory> stored) noexcept : stored_(std::move(stored)) {}

  Result<std::string> get(std::string_view name, const CallContext& context) override {
    {
      const std::lock_guard lock(mutex_);
      if (const auto waits = waiting_.find(name); waits != waiting_.end()) return waits->second;
    }
    return stored_->get(name, context);
  }
  Result<void> set(std::string_view name, std::string_view value, const CallContext& context) override {
    STK_TRY(check(name, value));
    return stored_->set(name, value, context);
  }
  /// Deleting a place is safe at any time: the next run then begins earlier.
  Result<void> set_on_commit(std::string_view name, std::string_view value, const CallContext& context) override {
    STK_TRY(check(name, value));
    {
      const std::lock_guard lock(mutex_);
      if (!value.empty()) {
        waiting_.insert_or_assign(std::string(name), std::string(value));
        return success();
      }
      if (const auto waits = waiting_.find(name); waits != waiting_.end()) waiting_.erase(waits);
    }
    return stored_->set(name, value, context);
  }

  /// What the commit must write.
  [[nodiscard]] std::map<std::string, std::string, std::less<>> waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  static constexpr std::size_t kLongestRemembered = std::size_t{1} << 20;
  /// A store would refuse the run's commit with such a text.
  static Result<void> check(std::string_view name, std::string_view value) {
    if (is_storable_key(name) && is_storable(value, kLongestRemembered)) {
      return success();
    }
    return Error(Errc::invalid_text, "what a connector remembers must be UTF-8 without a zero byte, of 1 MiB at most")
        .about("AccountMemory");
  }

  const std::shared_ptr<AccountMemory> stored_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> waiting_;
};

}  // namespace stocktracker::inline v0
