// Ports of the embedding program behind guards against exceptions.
#include "ports/guarded_ports.hpp"

#include <exception>
#include <new>
#include <utility>

#include <stocktracker/core/visible_text.hpp>

#include "core/caught.hpp"
#include "ports/emit.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kMostShown = 300;

class GuardedAudit final : public AuditSink {
 public:
  GuardedAudit(std::shared_ptr<AuditSink> next, std::shared_ptr<Telemetry> telemetry) noexcept
      : next_(std::move(next)), telemetry_(std::move(telemetry)) {}

  void record(const AuditEvent& event) override {
    const auto recorded = caught("the audit sink", [&]() -> Result<void> {
      next_->record(event);
      return success();
    });
    if (recorded) return;
    emit::log<LogEntry::audit_failed>(*telemetry_, event.action, recorded.error().message());
    emit::count<Metric::audit_failures>(*telemetry_, 1);
  }

 private:
  const std::shared_ptr<AuditSink> next_;
  const std::shared_ptr<Telemetry> telemetry_;
};

class GuardedKeys final : public KeyProvider {
 public:
  explicit GuardedKeys(std::shared_ptr<KeyProvider> next) noexcept : next_(std::move(next)) {}

  Result<SealingKey> current() override {
    return caught(kSubject, [&] { return next_->current(); });
  }
  Result<SealingKey> find(std::string_view id) override {
    return caught(kSubject, [&] { return next_->find(id); });
  }
  Result<std::vector<std::string>> ids() override {
    return caught(kSubject, [&] { return next_->ids(); });
  }
  Result<std::string> make_current() override {
    return caught(kSubject, [&] { return next_->make_current(); });
  }

 private:
  static constexpr std::string_view kSubject = "the key provider";
  const std::shared_ptr<KeyProvider> next_;
};

class GuardedClock final : public Clock {
 public:
  explicit GuardedClock(std::shared_ptr<Clock> next) noexcept : next_(std::move(next)) {}

  Instant now() const override {
    const auto given = caught(kSubject, [&]() -> Result<Instant> { return next_->now(); });
    if (given) {
      last_ = given.value().micros();
      failing_ = false;
      return given.value();
    }
    const std::lock_guard lock(mutex_);
    failure_ = given.error();
    failing_ = true;
    return Instant::from_micros(last_);
  }
  Result<void> wait_until(Instant at, std::stop_token stop) override {
    if (auto failed = failure()) return std::move(*failed);
    return caught(kSubject, [&] { return next_->wait_until(at, std::move(stop)); });
  }
  [[nodiscard]] std::optional<Error> failure() const {
    if (!failing_) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return failure_;
  }

 private:
  static constexpr std::string_view kSubject = "the clock";
  const std::shared_ptr<Clock> next_;
  mutable std::atomic<std::int64_t> last_ = 0;
  mutable std::atomic<bool> failing_ = false;
  mutable std::mutex mutex_;
  mutable std::optional<Error> failure_;
};

}  // namespace

std::shared_ptr<Clock> guarded_clock(std::shared_ptr<Clock> clock) {
  return std::make_shared<GuardedClock>(std::move(clock));
}

std::optional<Error> clock_failure(const Clock& clock) {
  const auto* const guarded = dynamic_cast<const GuardedClock*>(&clock);
  return guarded ? guarded->failure() : std::nullopt;
}

template <class F>
void GuardedTelemetry::call(F&& body) noexcept {
  guard(body, [&](std::string_view said) { failed(said); });
}

void GuardedTelemetry::log(const LogEvent& event) noexcept {
  call([&] { next_->log(event); });
}

void GuardedTelemetry::count(std::string_view metric, std::int64_t by, std::span<const MetricLabel> labels) noexcept {
  call([&] { next_->count(metric, by, labels); });
}

void GuardedTelemetry::observe(std::string_view metric, Duration value, std::span<const MetricLabel> labels) noexcept {
  call([&] { next_->observe(metric, value, labels); });
}

void GuardedTelemetry::failed(std::string_view said) noexcept {
  const bool is_first = ++failures_ == 1;
  // A log that is full may still count.
  guard([&] { emit::count<Metric::telemetry_failures>(*next_, 1); }, [](std::string_view) {});
  if (!is_first) return;
  const std::lock_guard lock(mutex_);
  try {
    first_ = visible(said.substr(0, kMostShown));
  } catch (const std::bad_alloc&) {  // it is counted without its text
  }
}

std::string GuardedTelemetry::failures() const {
  const std::uint64_t times = failures_;
  if (times == 0) return {};
  const std::lock_guard lock(mutex_);
  return "telemetry threw " + std::to_string(times) + (times == 1 ? " time, first: " : " times, first: ") + first_;
}

std::shared_ptr<AuditSink> guarded_audit(std::shared_ptr<AuditSink> audit, std::shared_ptr<Telemetry> telemetry) {
  if (!audit) return nullptr;
  return std::make_shared<GuardedAudit>(std::move(audit), std::move(telemetry));
}

std::shared_ptr<KeyProvider> guarded_keys(std::shared_ptr<KeyProvider> keys) {
  if (!keys) return nullptr;
  return std::make_shared<GuardedKeys>(std::move(keys));
}

}  // namespace stocktracker::inline v0
