/// KeepAlive: renews the lease of a run whenever one of its calls gives a sign of life.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/error.hpp>

#include "core/call_progress.hpp"
#include "core/caught.hpp"
#include "sync/lease.hpp"

namespace stocktracker::inline v0::sync_run {

/// Thread-safe. The lease must outlive the calls that report here.
class KeepAlive final : public CallProgress {
 public:
  /// `context` is the run's, with the caller's own sink.
  KeepAlive(Lease& lease, const CallContext& context)
      : CallProgress(context.progress), lease_(lease), context_(context) {
    context_.progress.reset();
    context_.deadline = Instant::latest();  // complete sources are applied after it, too
  }

  void report(const Progress& step) noexcept override {
    CallProgress::report(step);
    waiting();
  }
  void waiting() noexcept override {
    CallProgress::waiting();
    guard([&] { keep(); }, [](std::string_view) {});  // out of memory: the check at the commit decides
  }

  [[nodiscard]] std::optional<Error> lost() const {
    const std::lock_guard lock(mutex_);
    return lost_;
  }

 private:
  void keep() {
    if (auto kept = lease_.keep(context_); !kept) {
      const std::lock_guard lock(mutex_);
      if (!lost_ && kept.error().errc() == Errc::lease_lost) lost_ = std::move(kept).error();
    }
  }

  Lease& lease_;
  CallContext context_;
  mutable std::mutex mutex_;
  std::optional<Error> lost_;
};

}  // namespace stocktracker::inline v0::sync_run
