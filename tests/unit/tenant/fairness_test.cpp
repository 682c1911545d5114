// Two hundred slow accounts of one tenant, and a run of another beside them.
#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

constexpr st::Channel kSlow{"slow"};

// The order in which tenants' accounts began to be read.
struct Diary {
  void note(char tenant) {
    const std::lock_guard lock(mutex);
    begun += tenant;
  }
  [[nodiscard]] std::string text() {
    const std::lock_guard lock(mutex);
    return begun;
  }
  std::mutex mutex;
  std::string begun;
};

class SlowConnector final : public st::Connector {
 public:
  SlowConnector(Diary& diary, std::string seller) : diary_(diary), seller_(std::move(seller)) {}
  const st::Capabilities& capabilities() const noexcept override {
    static const st::Capabilities can{.channel = kSlow, .zone = "UTC"};
    return can;
  }
  st::Result<st::SellerIdentity> verify_credentials(const st::CallContext&) override {
    return st::SellerIdentity{seller_, seller_};
  }
  st::Result<void> list_offers(st::OfferSink& sink, const st::CallContext&) override {
    diary_.note(seller_.front());
    std::this_thread::sleep_for(40ms);
    st::OfferRow row;
    row.key = row.article = "1";
    return sink.offers({&row, 1});
  }
  st::Result<void> list_warehouses(st::WarehouseSink&, const st::CallContext&) override { return st::success(); }
  st::Result<void> fetch_stock(const st::StockQuery&, st::StockSink&, const st::CallContext&) override {
    return st::success();
  }

 private:
  Diary& diary_;
  const std::string seller_;
};

class SlowFactory final : public st::ConnectorFactory {
 public:
  explicit SlowFactory(Diary& diary) : diary_(diary) {}
  st::Channel channel() const noexcept override { return kSlow; }
  st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials& credentials,
                                                     const st::ConnectorPorts&) override {
    return std::make_shared<SlowConnector>(diary_, std::string(credentials.find("seller")->reveal()));
  }

 private:
  Diary& diary_;
};

st::TenantId tenant_with(const st::Engine& engine, const std::string& name, int accounts) {
  const st::TenantId tenant = engine.tenants().create(name).value().id;
  for (int i = 0; i < accounts; ++i) {
    st::Credentials credentials;
    credentials.channel = kSlow;
    credentials.parts.push_back({"seller", st::Secret::copy_of(name + std::to_string(i))});
    REQUIRE(engine.accounts().connect(std::move(credentials), {}, {.tenant = tenant}));
  }
  return tenant;
}

std::chrono::milliseconds run_all(const st::Engine& engine, const st::TenantId& tenant) {
  const auto began = std::chrono::steady_clock::now();
  const auto runs = engine.sync().run_all({}, {.tenant = tenant});
  CHECK(runs);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
}

}  // namespace

TEST_CASE("a tenant with two hundred slow accounts delays another's run by no more than one place") {
  TempFolder folder;
  Diary diary;
  const auto engine = st::open({.path = folder.file("house") + "/",
                                .executor = st::make_thread_pool({.io_threads = 4}).value(),
                                .connectors = {std::make_shared<SlowFactory>(diary)}})
                          .value();
  const st::TenantId anna = tenant_with(engine, "anna", 200);
  const st::TenantId boris = tenant_with(engine, "boris", 4);
  const auto alone = run_all(engine, boris);

  std::thread slow([&] { run_all(engine, anna); });
  while (diary.text().find("aaaa") == std::string::npos) std::this_thread::sleep_for(1ms);
  const std::size_t before = diary.text().size();
  const auto beside = run_all(engine, boris);
  const std::string during = diary.text().substr(before);
  slow.join();

  INFO("alone " << alone.count() << " ms, beside 200 slow accounts " << beside.count() << " ms, order " << during);
  // Every account of the run has begun before the other tenant used each of its places twice.
  REQUIRE(std::count(during.begin(), during.end(), 'b') == 4);
  CHECK(during.rfind('b') < 9);
  const std::string all = diary.text();
  CHECK(std::count(all.begin(), all.end(), 'a') == 200);
  std::printf("a run of 4 accounts: alone %lld ms, beside 200 slow accounts %lld ms\n",
              static_cast<long long>(alone.count()), static_cast<long long>(beside.count()));
}
