// A hundred accounts of a thousand offers over the network of this machine: what syncing them costs beside the reactor
// alone, which sends the same requests and drops the answers.
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/sync/sync.hpp>
#include <stocktracker/testing/world_server.hpp>

#include "tests/support/temp_folder.hpp"

namespace {

namespace st = stocktracker;
using Clock = std::chrono::steady_clock;

constexpr int kAccounts = 100;
constexpr int kOffers = 1'000;
constexpr int kRounds = 9;
constexpr std::int64_t kMostKib = 64 * 1024;

[[noreturn]] void fail(const st::Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  std::exit(1);
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::int64_t peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtoll(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

// Binds to the last processor of the machine, or to all the others.
void keep_to(bool last) {
  const auto all = static_cast<int>(std::thread::hardware_concurrency());
  cpu_set_t mine;
  CPU_ZERO(&mine);
  for (int n = 0; n < all; ++n) {
    if ((n == all - 1) == last) CPU_SET(n, &mine);
  }
  if (all > 1) ::sched_setaffinity(0, sizeof mine, &mine);
}

// The marketplace is a separate process, with its own memory and locks. It ends when this process ends.
std::vector<std::pair<std::string, std::string>> start_worlds(bool apart) {
  int pipe[2];
  if (::pipe(pipe) != 0) std::abort();
  if (::fork() == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (apart) keep_to(true);
    std::vector<std::unique_ptr<st::testing::World>> worlds;
    std::vector<std::unique_ptr<st::testing::WorldServer>> servers;
    std::string addresses;
    for (int n = 0; n < kAccounts; ++n) {
      worlds.push_back(std::make_unique<st::testing::World>(
          st::testing::WorldOptions{.seed = static_cast<std::uint64_t>(n) + 1, .offers = kOffers}));
      servers.push_back(st::testing::WorldServer::start(*worlds.back(), {.speed = 0}).value());
      const st::Secret token = worlds.back()->token(st::Channel::wildberries);
      addresses.append(servers.back()->url()).append(" ").append(token.reveal()).append("\n");
    }
    if (::write(pipe[1], addresses.data(), addresses.size()) != static_cast<ssize_t>(addresses.size())) std::abort();
    ::close(pipe[1]);
    while (true) ::pause();
  }
  ::close(pipe[1]);
  if (apart) keep_to(false);
  std::string addresses;
  char bytes[4096];
  for (ssize_t size = 0; (size = ::read(pipe[0], bytes, sizeof bytes)) > 0;)
    addresses.append(bytes, static_cast<std::size_t>(size));
  ::close(pipe[0]);
  std::vector<std::pair<std::string, std::string>> sellers;
  std::istringstream lines(addresses);
  for (std::string url, token; lines >> url >> token;) sellers.emplace_back(url, token);
  return sellers;
}

st::HttpRequest copy_of(const st::HttpRequest& request) {
  st::HttpRequest copy;
  copy.method = request.method;
  copy.url = request.url;
  copy.headers = request.headers;
  for (const auto& [name, value] : request.secret_headers) {
    copy.secret_headers.push_back({name, st::Secret::copy_of(value.reveal())});
  }
  copy.body = request.body;
  copy.operation = request.operation;
  return copy;
}

// Passes requests on and counts them; records them while recording is on.
class Recorder final : public st::HttpTransport {
 public:
  explicit Recorder(std::shared_ptr<st::HttpTransport> next) : next_(std::move(next)) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    if (recording) {
      const std::lock_guard lock(mutex_);
      requests.push_back(copy_of(request));
    }
    auto answer = next_->send(request, context);
    if (answer) bytes += static_cast<std::int64_t>(answer.value().body.size());
    return answer;
  }
  std::atomic<bool> recording = false;
  std::atomic<std::int64_t> bytes = 0;
  std::vector<st::HttpRequest> requests;

 private:
  std::shared_ptr<st::HttpTransport> next_;
  std::mutex mutex_;
};

double sync_all(st::Engine& engine) {
  const auto start = Clock::now();
  const auto runs = engine.sync().run_all();
  const double seconds = seconds_since(start);
  if (!runs) fail(runs.error());
  for (const auto& run : runs.value()) {
    if (!run) fail(run.error());
    if (run.value().state != st::RunState::ok) fail(st::Error(st::Errc::internal, "a run is not ok"));
  }
  return seconds;
}

// Calls `work(n)` for each n, with this number of threads.
template <class Work>
double timed(std::size_t count, int threads, Work&& work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> workers;
  const auto start = Clock::now();
  for (int n = 0; n < threads; ++n) {
    workers.emplace_back([&] {
      for (std::size_t at = next++; at < count; at = next++) work(at);
    });
  }
  for (std::thread& worker : workers) worker.join();
  return seconds_since(start);
}

// Sends the same requests and drops the answers, with the number of simultaneous requests that is fastest. The engine
// chooses its own number.
double reactor_alone(st::HttpTransport& transport, const std::vector<st::HttpRequest>& requests) {
  const auto send = [&](std::size_t at) {
    if (const auto answer = transport.send(requests[at], {}); !answer) fail(answer.error());
  };
  return std::min({timed(requests.size(), 4, send), timed(requests.size(), 8, send), timed(requests.size(), 32, send)});
}

// Receives what connectors read, and keeps only what the next request needs.
class Drop final : public st::OfferSink, public st::WarehouseSink, public st::StockSink {
 public:
  st::Result<void> offers(std::span<const st::OfferRow> page) override {
    for (const st::OfferRow& row : page) keys.emplace_back(row.key);
    return st::success();
  }
  st::Result<void> warehouses(std::span<const st::WarehouseRow> page) override {
    for (const st::WarehouseRow& row : page) places.emplace_back(row.key);
    return st::success();
  }
  st::Result<void> rows(st::StockPage&&) override { return st::success(); }
  void restart() override {}
  std::vector<std::string> keys;
  std::vector<std::string> places;
};

st::Result<void> read_all(st::Connector& connector) {
  Drop drop;
  STK_TRY(connector.list_offers(drop, {}));
  STK_TRY(connector.list_warehouses(drop, {}));
  STK_TRY(connector.fetch_stock({.kind = st::StockKind::fbo}, drop, {}));
  for (const std::string& place : drop.places) {
    STK_TRY(connector.fetch_stock({.kind = st::StockKind::fbs, .warehouse = place, .offers = drop.keys}, drop, {}));
  }
  return st::success();
}

// Connectors over the reactor; their rows are dropped.
double connectors_alone(const std::shared_ptr<st::HttpTransport>& transport,
                        const std::vector<std::pair<std::string, std::string>>& sellers) {
  auto factory = st::wildberries::make_factory().value();
  std::vector<std::shared_ptr<st::Connector>> connectors;
  for (const auto& [url, token] : sellers) {
    connectors.push_back(factory
                             ->connect(st::wildberries::credentials(st::Secret::copy_of(token), url),
                                       {transport, st::make_system_clock(), nullptr})
                             .value());
  }
  const auto read = [&](std::size_t at) {
    if (auto done = read_all(*connectors[at]); !done) fail(done.error());
  };
  return std::min(
      {timed(connectors.size(), 4, read), timed(connectors.size(), 8, read), timed(connectors.size(), 32, read)});
}

// `apart`: the world has its own processor, as a marketplace has its own machines. Otherwise it shares all processors
// with this process, and all our work beside waiting slows it down.
int measure(bool apart) {
  const auto sellers = start_worlds(apart);
  const TempFolder folder;
  auto reactor = st::make_curl_transport().value();
  auto recorder = std::make_shared<Recorder>(reactor);
  auto engine = st::open({.path = folder.file("fleet.db"), .limits = st::LimitTable{}, .transport = recorder}).value();
  for (const auto& [url, token] : sellers) {
    const auto account = engine.accounts().connect(st::wildberries::credentials(st::Secret::copy_of(token), url));
    if (!account) fail(account.error());
  }
  const double first = sync_all(engine);
  recorder->recording = true;
  recorder->bytes = 0;
  sync_all(engine);
  recorder->recording = false;
  const auto& requests = recorder->requests;
  const double megabytes = static_cast<double>(recorder->bytes) / 1e6;
  const std::int64_t peak = peak_kib();
  std::vector<double> again;
  std::vector<double> reactor_only;
  std::vector<double> read_only;
  for (int round = 0; round < kRounds; ++round) {
    again.push_back(sync_all(engine));
    reactor_only.push_back(reactor_alone(*reactor, requests));
    read_only.push_back(connectors_alone(reactor, sellers));
  }
  const double bare = median(reactor_only);
  const double read = median(read_only);
  const double ratio = bare / median(again);
  const bool slow = apart && ratio < 0.9;
  const bool large = peak > kMostKib;
  std::printf("%d accounts x %d offers, the world on %s: %zu requests, %.0f MB\n", kAccounts, kOffers,
              apart ? "a processor of its own" : "the same processors", requests.size(), megabytes);
  std::printf("  reactor, answers dropped  %.2f s  %.0f requests/s  %.0f MB/s\n", bare,
              static_cast<double>(requests.size()) / bare, megabytes / bare);
  std::printf("  connectors, rows dropped  %.2f s  %.2f of the reactor\n", read, bare / read);
  std::printf("  sync, first load          %.2f s  %.2f of the reactor\n", first, bare / first);
  std::printf("  sync, again               %.2f s  %.2f of the reactor%s%s\n", median(again), ratio,
              apart ? " (0.90 asked)" : "", slow ? "  missed" : "");
  std::printf("  peak of memory            %.1f MiB (64 allowed)%s\n", static_cast<double>(peak) / 1024,
              large ? "  missed" : "");
  std::fflush(stdout);
  return slow || large ? 1 : 0;
}

}  // namespace

int main() {
  int missed = 0;
  for (const bool apart : {true, false}) {
    // One process each, so that peaks of memory are separate.
    const pid_t child = ::fork();
    if (child == 0) ::_exit(measure(apart));
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) missed = 1;
  }
  return missed;
}
