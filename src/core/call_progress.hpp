/// CallProgress: the progress of one call, behind a guard.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include <stocktracker/core/progress.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// Passes reports on. What the caller's sink throws is kept: CallContext::check ends the call with it, and no later
/// call. Thread-safe.
class CallProgress : public ProgressSink {
 public:
  /// Null: nobody listens.
  explicit CallProgress(std::shared_ptr<ProgressSink> next) noexcept : next_(std::move(next)) {}

  void report(const Progress& step) noexcept override;
  void waiting() noexcept override;
  /// Errc::internal with what the sink threw first, here or further on.
  [[nodiscard]] Result<void> failure() const;

 private:
  void fail(std::string_view said) noexcept;

  const std::shared_ptr<ProgressSink> next_;
  std::atomic<bool> failed_ = false;
  mutable std::mutex mutex_;
  std::string said_;
};

}  // namespace stocktracker::inline v0
