// A transport of one's own: a company that must send everything through its gateway, and keeps a journal of it.
#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/world_server.hpp>

#include <cstdio>
#include <mutex>

namespace st = stocktracker;

namespace {

// One function: limits, retries and credentials are the business of the policies above it.
class Journal final : public st::HttpTransport {
 public:
  explicit Journal(std::shared_ptr<st::HttpTransport> next) : next_(std::move(next)) {}

  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    auto response = next_->send(request, context);
    const std::lock_guard lock(mutex_);  // the engine calls from several threads
    std::printf("%-28s %s\n", std::string(request.operation).c_str(),
                response ? std::to_string(response.value().status).c_str() : to_string(response.error().errc()));
    return response;
  }

 private:
  std::shared_ptr<st::HttpTransport> next_;
  std::mutex mutex_;
};

st::Result<void> run() {
  // A marketplace on this machine, so that the example needs no network; without limits, so that nobody waits.
  st::testing::World world({.seed = 3, .offers = 30, .orders_per_offer_day_x100 = 0});
  STK_TRY(auto server, st::testing::WorldServer::start(world));

  STK_TRY(auto network, st::make_curl_transport({.user_agent = "example/1.0", .max_connections_per_host = 2}));
  STK_TRY(auto engine,
          st::open({.path = ":memory:", .limits = st::LimitTable{}, .transport = std::make_shared<Journal>(network)}));
  STK_TRY(auto account, engine.accounts().connect(
                            st::wildberries::credentials(world.token(st::Channel::wildberries), server->url())));
  STK_TRY(auto run, engine.sync().run(account.id, {.timeout = std::chrono::seconds(30)}));
  STK_TRY(auto total, engine.stock().total(account.id));
  std::printf("%s: %s, %lld units on hand; the marketplace holds %lld\n", account.label.c_str(), to_string(run.state),
              static_cast<long long>(total.on_hand.units()),
              static_cast<long long>(world.true_total(st::Channel::wildberries)));
  if (total.on_hand.units() != world.true_total(st::Channel::wildberries)) return st::Errc::internal;
  return st::success();
}

}  // namespace

int main() {
  const auto ran = run();
  if (!ran) std::fprintf(stderr, "%s\n", ran.error().text().c_str());
  return ran ? 0 : 1;
}
