/// KeepAlive: renews the lease of a run whenever one of its calls gives a sign of life.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/error.hpp>

#include "sync/lease.hpp"

namespace stocktracker::inline v0::sync_run {

/// Thread-safe. The lease must outlive the calls that report here.
class KeepAlive final : public ProgressSink {
 public:
  /// `context` is the run's, with the caller's own sink.
  KeepAlive(Lease& lease, const CallContext& context) : lease_(lease), context_(context), next_(context.progress) {
    context_.progress.reset();
    context_.deadline = Instant::latest();  // complete sources are applied after it, too
  }

  void report(const Progress& step) override {
    if (next_) {
      next_->send(step);
      next_->send_waiting();
    }
    keep();
  }
  void waiting() override {
    if (next_) next_->send_waiting();
    keep();
  }

  [[nodiscard]] std::optional<Error> lost() const {
    const std::lock_guard lock(mutex_);
    return lost_;
  }

 private:
  void keep() {
    if (next_) fail_with(*next_);
    if (auto kept = lease_.keep(context_); !kept) {
      const std::lock_guard lock(mutex_);
      if (!lost_ && kept.error().errc() == Errc::lease_lost) lost_ = std::move(kept).error();
    }
  }

  Lease& lease_;
  CallContext context_;
  const std::shared_ptr<ProgressSink> next_;
  mutable std::mutex mutex_;
  std::optional<Error> lost_;
};

}  // namespace stocktracker::inline v0::sync_run
