#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0 {
namespace {

/// A bounded queue and the threads that empty it.
class LaneWorkers {
 public:
  void configure(unsigned threads, std::size_t limit) noexcept {
    width_ = threads;
    limit_ = limit;
  }
  [[nodiscard]] unsigned width() const noexcept { return width_; }

  Result<void> submit(Task task) {
    const std::lock_guard lock(mutex_);
    if (closing_) return Error(Errc::overloaded, "the executor is shutting down");
    if (tasks_.size() >= limit_) return Error(Errc::overloaded, "the lane's queue is full").may_retry();
    tasks_.push_back(std::move(task));
    // Threads start when there is work that no idle thread will take.
    if (idle_ < tasks_.size() && threads_.size() < width_ && !start() && threads_.empty()) {
      tasks_.pop_back();
      return Error(Errc::overloaded, "the system gives no thread").may_retry();
    }
    wake_.notify_one();
    return success();
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  bool start() {
    try {
      threads_.emplace_back([this] { run(); });
      return true;
    } catch (const std::system_error&) {
      return false;  // the threads that exist do the work
    }
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      ++idle_;
      wake_.wait(lock, [this] { return closing_ || !tasks_.empty(); });
      --idle_;
      if (tasks_.empty()) return;  // closing, and everything accepted has run
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      task = Task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  std::size_t limit_ = 0;
  unsigned width_ = 1;
  bool closing_ = false;
};

class ThreadPool final : public Executor {
 public:
  explicit ThreadPool(const ThreadPoolOptions& options) {
    lanes_[0].configure(options.io_threads, options.queue_limit);
    lanes_[1].configure(options.cpu_threads, options.queue_limit);
    lanes_[2].configure(options.maintenance_threads, options.queue_limit);
  }
  ~ThreadPool() override {
    for (LaneWorkers& lane : lanes_) lane.close();
  }

  Result<void> submit(Lane lane, Task task) override {
    return lanes_[static_cast<std::size_t>(lane)].submit(std::move(task));
  }
  unsigned width(Lane lane) const noexcept override { return lanes_[static_cast<std::size_t>(lane)].width(); }

 private:
  std::array<LaneWorkers, 3> lanes_;
};

class InlineExecutor final : public Executor {
 public:
  Result<void> submit(Lane, Task task) override {
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
