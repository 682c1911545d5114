// Thread pool: lanes, helpers, shutdown.
#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0 {
namespace {

/// Tasks of one owner.
struct Owned {
  std::deque<Task> waiting;
  unsigned running = 0;
};

/// Bounded queues, one per owner, and the threads that take tasks from them in turns.
class LaneWorkers : public std::enable_shared_from_this<LaneWorkers> {
 public:
  void configure(Lane lane, unsigned threads, std::size_t limit) noexcept {
    lane_ = lane;
    width_ = threads;
    limit_ = limit;
    most_running_ = std::max(1U, threads - std::max(1U, threads / 4));
    most_waiting_ = std::max<std::size_t>(1, limit / 2);
  }
  [[nodiscard]] unsigned width() const noexcept { return width_; }

  Result<void> submit(Task task, const TenantId& owner) {
    const std::lock_guard lock(mutex_);
    if (closing_) return Error(Errc::overloaded, "the executor is shutting down");
    if (waiting_ >= limit_) return full("is full", waiting_);
    const auto own = owners_.find(owner);
    if (!owner.is_nil() && own != owners_.end() && own->second.waiting.size() >= most_waiting_) {
      return full("has no more room for this tenant", own->second.waiting.size());
    }
    // Threads start when there is work that no idle thread will take.
    if (idle_ <= waiting_ && threads_.size() < width_ && !start() && threads_.empty()) {
      return Error(Errc::overloaded, "the system gives no thread").may_retry();
    }
    owners_[owner].waiting.push_back(std::move(task));
    ++waiting_;
    wake_.notify_one();
    return success();
  }

  [[nodiscard]] bool others_wait(const TenantId& owner) const noexcept {
    const std::lock_guard lock(mutex_);
    if (waiting_ == 0) return false;
    const auto own = owners_.find(owner);
    return waiting_ > (own == owners_.end() ? 0 : own->second.waiting.size());
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) {
      // The last task may hold the last reference to the pool. Its thread keeps the lane, and ends after the task.
      if (thread.get_id() == std::this_thread::get_id()) {
        thread.detach();
      } else {
        thread.join();
      }
    }
    threads_.clear();
  }

 private:
  using Owners = std::map<TenantId, Owned>;

  [[nodiscard]] Error full(const char* how, std::size_t waiting) const {
    return Error(Errc::overloaded, "the executor's " + std::string(to_string(lane_)) + " lane " + how + ": " +
                                       std::to_string(waiting) +
                                       " tasks wait; try again later, or give it more threads")
        .may_retry();
  }

  bool start() {
    try {
      threads_.emplace_back([self = shared_from_this()] { self->run(); });
      return true;
    } catch (const std::system_error&) {
      return false;  // the threads that exist do the work
    }
  }

  /// A task of the next owner in turn that has a task and may run.
  Owners::iterator next_owner() {
    auto owner = owners_.upper_bound(last_);
    for (std::size_t i = 0; i < owners_.size(); ++i, ++owner) {
      if (owner == owners_.end()) owner = owners_.begin();
      if (!owner->second.waiting.empty() && may_run(*owner)) return owner;
    }
    return owners_.end();
  }
  [[nodiscard]] bool may_run(const Owners::value_type& owner) const noexcept {
    return owner.first.is_nil() || owner.second.running < most_running_ || closing_;
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      auto owner = owners_.end();
      ++idle_;
      wake_.wait(lock, [&] { return (owner = next_owner()) != owners_.end() || (closing_ && waiting_ == 0); });
      --idle_;
      if (owner == owners_.end()) return;  // closing, and every accepted task has run
      run_one(lock, owner);
    }
  }

  void run_one(std::unique_lock<std::mutex>& lock, Owners::iterator owner) {
    Task task = std::move(owner->second.waiting.front());
    owner->second.waiting.pop_front();
    --waiting_;
    ++owner->second.running;
    last_ = owner->first;
    lock.unlock();
    task();
    task = Task();
    lock.lock();
    // Owners without tasks are removed: there may be many over the years.
    if (--owner->second.running == 0 && owner->second.waiting.empty()) owners_.erase(owner);
  }

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Owners owners_;
  TenantId last_;
  std::vector<std::thread> threads_;
  std::size_t waiting_ = 0;
  std::size_t idle_ = 0;
  Lane lane_ = Lane::io;
  std::size_t limit_ = 0;
  std::size_t most_waiting_ = 0;
  unsigned width_ = 1;
  unsigned most_running_ = 1;
  bool closing_ = false;
};

class ThreadPool final : public Executor {
 public:
  explicit ThreadPool(const ThreadPoolOptions& options) {
    for (auto& lane : lanes_) lane = std::make_shared<LaneWorkers>();
    lanes_[0]->configure(Lane::io, options.io_threads, options.queue_limit);
    lanes_[1]->configure(Lane::cpu, options.cpu_threads, options.queue_limit);
    lanes_[2]->configure(Lane::maintenance, options.maintenance_threads, options.queue_limit);
  }
  ~ThreadPool() override { close_lanes(); }
  void close() override { close_lanes(); }

  Result<void> submit(Lane lane, Task task, const TenantId& owner) override {
    return lanes_[static_cast<std::size_t>(lane)]->submit(std::move(task), owner);
  }
  bool others_wait(Lane lane, const TenantId& owner) const noexcept override {
    return lanes_[static_cast<std::size_t>(lane)]->others_wait(owner);
  }
  unsigned width(Lane lane) const noexcept override { return lanes_[static_cast<std::size_t>(lane)]->width(); }

 private:
  void close_lanes() {
    const std::lock_guard lock(closing_);
    for (const auto& lane : lanes_) lane->close();
  }

  std::mutex closing_;  // one joins the threads
  std::array<std::shared_ptr<LaneWorkers>, 3> lanes_;
};

class InlineExecutor final : public Executor {
 public:
  Result<void> submit(Lane, Task task, const TenantId&) override {
    task();
    return success();
  }
  unsigned width(Lane) const noexcept override { return 1; }
};

}  // namespace

Result<void> ThreadPoolOptions::validate() const {
  Problems problems;
  problems.require(io_threads >= 1 && io_threads <= 256, "io_threads", "must be between 1 and 256");
  problems.require(cpu_threads >= 1 && cpu_threads <= 256, "cpu_threads", "must be between 1 and 256");
  problems.require(maintenance_threads >= 1 && maintenance_threads <= 256, "maintenance_threads",
                   "must be between 1 and 256");
  problems.require(queue_limit >= 1, "queue_limit", "must be at least 1");
  return problems.result("ThreadPoolOptions");
}

Result<std::shared_ptr<Executor>> make_thread_pool(ThreadPoolOptions options) {
  STK_TRY(options.validate());
  return std::make_shared<ThreadPool>(options);
}

std::shared_ptr<Executor> make_inline_executor() { return std::make_shared<InlineExecutor>(); }

}  // namespace stocktracker::inline v0
