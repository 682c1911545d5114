// Passwords: turns on the cpu lane, and the check of nobody's password.
#include <stocktracker/identity/passwords.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <stocktracker/core/problems.hpp>

#include "core/caught.hpp"
#include "ports/deadline_check.hpp"
#include "ports/guarded_ports.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kShortest = 8;
constexpr std::size_t kLongest = 72;
constexpr std::size_t kMostWaiting = 10'000;

Error refused(const std::string& why) { return Error(Errc::invalid_argument, why).about("password"); }

}  // namespace

struct Passwords::Core {
  std::shared_ptr<const PasswordHasher> hasher;
  std::shared_ptr<Executor> executor;
  std::shared_ptr<Clock> clock;
  PasswordOptions options;
  std::string nobodys;  ///< stored form of a password that nobody has

  std::mutex mutex;
  std::condition_variable ended;  ///< a turn has ended, or an answer is there
  std::size_t running = 0;
  std::size_t waiting = 0;

  [[nodiscard]] std::size_t width() const noexcept { return std::max(1U, executor->width(Lane::cpu) / 2); }
};

namespace {

using Core = Passwords::Core;

/// Until `done()` is true; asks the context at every step, because it may be stopped and its clock may be any.
template <class Done>
Result<void> wait_until(Core& core, std::unique_lock<std::mutex>& lock, const CallContext& context, Done done) {
  while (!done()) {
    core.ended.wait_for(lock, kDeadlineCheck);
    if (done()) break;
    lock.unlock();  // the clock is not ours
    const auto going = context.check(core.clock->now());
    lock.lock();
    STK_TRY(going);
  }
  return success();
}

Result<void> take_turn(Core& core, const CallContext& context) {
  STK_TRY(context.check(core.clock->now()));
  std::unique_lock lock(core.mutex);
  if (core.running >= core.width()) {
    if (core.waiting >= core.options.most_waiting) {
      return Error(Errc::overloaded, "too many passwords wait to be checked; try again later").may_retry();
    }
    ++core.waiting;
    const auto waited = wait_until(core, lock, context, [&] { return core.running < core.width(); });
    --core.waiting;
    STK_TRY(waited);
  }
  ++core.running;
  return success();
}

void end_turn(Core& core) noexcept {
  const std::lock_guard lock(core.mutex);
  --core.running;
  core.ended.notify_all();
}

/// Runs `work` on the lane. What it needs it owns: the caller may leave before it ends.
template <class T, class Work>
Result<T> on_lane(const std::shared_ptr<Core>& core, const CallContext& given, Work work) {
  const CallContext context = given.started(core->clock->now());
  STK_TRY(take_turn(*core, context));
  const auto answer = std::make_shared<std::optional<Result<T>>>();
  auto task = [core, answer, work = std::move(work)] {
    auto made = caught("the password hasher", [&]() -> Result<T> { return work(*core); });
    {
      const std::lock_guard lock(core->mutex);
      answer->emplace(std::move(made));
    }
    end_turn(*core);
  };
  const auto accepted = core->executor->submit(Lane::cpu, std::move(task), context.tenant);
  if (!accepted) {
    end_turn(*core);
    return accepted.error();
  }
  std::unique_lock lock(core->mutex);
  STK_TRY(wait_until(*core, lock, context, [&] { return answer->has_value(); }));
  return std::move(**answer);
}

}  // namespace

Result<void> PasswordOptions::validate() const {
  Problems problems;
  problems.require(shortest >= kShortest && shortest <= kLongest, "shortest", "be 8 to 72");
  problems.require(most_waiting <= kMostWaiting, "most_waiting", "be 0 to 10000");
  return problems.result("PasswordOptions");
}

Result<Passwords> Passwords::of(std::shared_ptr<const PasswordHasher> hasher, std::shared_ptr<Executor> executor,
                                std::shared_ptr<Clock> clock, const PasswordOptions& options) {
  if (!hasher || !executor || !clock) {
    return Error(Errc::invalid_argument, "passwords need a hasher, an executor and a clock")
        .about(!hasher     ? "hasher"
               : !executor ? "executor"
                           : "clock");
  }
  STK_TRY(options.validate());
  // A fixed text would do for the time; that no password is its own is `verify`'s doing.
  STK_TRY(std::string nobodys,
          caught("the password hasher", [&] { return hasher->hash(Secret("nobody's password")); }));
  auto core = std::make_shared<Core>();
  core->hasher = std::move(hasher);
  core->executor = std::move(executor);
  core->clock = guarded_clock(std::move(clock));
  core->options = options;
  core->nobodys = std::move(nobodys);
  return Passwords(std::move(core));
}

Result<void> Passwords::check_choice(const Secret& password) const {
  const PasswordOptions& options = core_->options;
  if (password.reveal().size() < options.shortest) {
    return refused("the password has fewer than " + std::to_string(options.shortest) + " bytes");
  }
  if (options.refused && options.refused->contains(password)) {
    return refused("the password is one of the commonest; choose another one");
  }
  return success();
}

Result<std::string> Passwords::hash(const Secret& password, const CallContext& context) const {
  STK_TRY(check_choice(password));
  auto owned = std::make_shared<const Secret>(password.clone());
  return on_lane<std::string>(core_, context, [owned](Core& core) { return core.hasher->hash(*owned); });
}

Result<PasswordCheck> Passwords::verify(const Secret& password, std::optional<std::string_view> stored,
                                        const CallContext& context) const {
  auto owned = std::make_shared<const Secret>(password.clone());
  const bool known = stored.has_value();
  std::string text(known ? *stored : std::string_view(core_->nobodys));
  return on_lane<PasswordCheck>(core_, context,
                                [owned, known, text = std::move(text)](Core& core) -> Result<PasswordCheck> {
                                  STK_TRY(const bool right, core.hasher->verify(*owned, text));
                                  if (!right || !known) return PasswordCheck{};
                                  return PasswordCheck{true, core.hasher->is_outdated(text)};
                                });
}

}  // namespace stocktracker::inline v0
