// Every contract suite of the installed package, over an implementation that comes with it: as the author of another
// driver, transport, limiter, clock or connector runs them.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/testing/clock_contract.hpp>
#include <stocktracker/testing/connector_contract.hpp>
#include <stocktracker/testing/database_contract.hpp>
#include <stocktracker/testing/limiter_contract.hpp>
#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/transport_contract.hpp>
#include <stocktracker/testing/world.hpp>

namespace st = stocktracker;

namespace {

class Print final : public st::testing::Check {
 public:
  explicit Print(const char* suite) : suite_(suite) {}
  void begin(std::string_view name) override { case_ = name; }
  void expect(bool holds, std::string_view what) override {
    ++asked_;
    if (holds) return;
    ++broken_;
    std::printf("%s, %s: %s\n", suite_, case_.c_str(), std::string(what).c_str());
  }
  // A suite that asks next to nothing shows next to nothing.
  [[nodiscard]] bool passed(int at_least) const {
    std::printf("%s contract: %d expectations, %d broken\n", suite_, asked_, broken_);
    return broken_ == 0 && asked_ >= at_least;
  }

 private:
  const char* suite_;
  std::string case_;
  int asked_ = 0;
  int broken_ = 0;
};

class Files final : public st::testing::StorageFactory {
 public:
  Files() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stk-consumer-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
  }
  ~Files() override {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  st::Result<std::shared_ptr<st::Storage>> fresh(const st::Schema& schema) override {
    ++number_;
    return again(schema);
  }
  st::Result<std::shared_ptr<st::Storage>> again(const st::Schema& schema) override {
    return st::make_sqlite_storage({.path = folder_ + "/" + std::to_string(number_) + ".db", .schema = schema});
  }

 private:
  std::string folder_;
  int number_ = 0;
};

class Curl final : public st::testing::TransportSubject {
 public:
  st::Result<std::shared_ptr<st::HttpTransport>> transport() override { return st::make_curl_transport(); }
  std::shared_ptr<st::HttpTransport> with_idle_timeout(st::Duration limit) override {
    return st::make_curl_transport({.idle_timeout = limit}).value();
  }
  [[nodiscard]] bool keeps_reach() const override { return true; }
};

class Memory final : public st::QuotaMemory {
 public:
  st::Result<std::shared_ptr<st::QuotaBlock>> block(std::string_view name) override {
    const std::lock_guard lock(mutex_);
    auto& block = blocks_[std::string(name)];
    if (!block) block = std::make_shared<Block>();
    return std::shared_ptr<st::QuotaBlock>(block);
  }

 private:
  struct Block final : st::QuotaBlock {
    st::Result<void> with(st::Instant now, Use use) noexcept override {
      const std::lock_guard lock(mutex);
      use(now, words);
      return st::success();
    }
    std::mutex mutex;
    std::array<std::int64_t, st::QuotaMemory::kCells> words{};
  };
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Block>> blocks_;
};

class Seller final : public st::testing::ConnectorSubject {
 public:
  explicit Seller(const st::Channel& channel) : channel_(channel) {
    world_.clock()->advance(std::chrono::hours(24 * 20));
    if (channel == st::Channel::ozon)
      factory_ = st::ozon::make_factory().value();
    else if (channel == st::Channel::yandex_market)
      factory_ = st::yandex_market::make_factory().value();
    else
      factory_ = st::wildberries::make_factory().value();
  }
  st::Result<std::shared_ptr<st::Connector>> connector() override { return over(world_.transport()); }
  std::shared_ptr<st::Connector> through(Middle middle) override { return over(middle(world_.transport())).value(); }

 private:
  [[nodiscard]] st::Credentials credentials() const {
    if (channel_ == st::Channel::ozon) {
      return st::ozon::credentials(world_.seller(channel_), world_.token(channel_));
    }
    if (channel_ == st::Channel::yandex_market) return st::yandex_market::credentials(world_.token(channel_));
    return st::wildberries::credentials(world_.token(channel_));
  }
  st::Result<std::shared_ptr<st::Connector>> over(std::shared_ptr<st::HttpTransport> transport) {
    return factory_->connect(credentials(), {std::move(transport), world_.clock(), std::make_shared<st::Telemetry>()});
  }
  st::Channel channel_;
  st::testing::World world_{{.seed = 11,
                             .offers = 120,
                             .channels = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market}}};
  std::shared_ptr<st::ConnectorFactory> factory_;
};

bool database() {
  Files files;
  Print check("database");
  st::testing::database_contract(files, check);
  return check.passed(80);
}

bool transport() {
  Curl curl;
  Print check("transport");
  st::testing::transport_contract(curl, check);
  return check.passed(90);
}

bool limiter() {
  Print check("limiter");
  st::testing::limiter_contract(
      [](st::LimitTable table) -> st::Result<std::unique_ptr<st::QuotaTree>> {
        return std::make_unique<st::QuotaTree>(std::move(table));
      },
      check);
  return check.passed(500);
}

bool quota_memory() {
  Print check("quota memory");
  st::testing::quota_memory_contract(
      []() -> st::Result<std::shared_ptr<st::QuotaMemory>> {
        return std::shared_ptr<st::QuotaMemory>(std::make_shared<Memory>());
      },
      check);
  return check.passed(4);
}

bool clock() {
  Print system("system's clock");
  st::testing::clock_contract(st::make_system_clock(), system);
  Print manual("manual clock");
  st::testing::clock_contract(std::make_shared<st::testing::ManualClock>(), manual);
  return static_cast<int>(system.passed(10)) + static_cast<int>(manual.passed(10)) == 2;
}

bool connector() {
  bool all = true;
  for (const st::Channel& channel : {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market}) {
    Seller seller(channel);
    Print check(channel.code().data());
    st::testing::connector_contract(seller, check);
    all = check.passed(60) && all;
  }
  return all;
}

}  // namespace

int main() {
  int failed = 0;
  for (bool (*suite)() : {&database, &transport, &limiter, &quota_memory, &clock, &connector})
    failed += suite() ? 0 : 1;
  return failed;
}
