// Many seeded weeks: soak [WEEKS] [FIRST_SEED] [--postgres]. Prints the seed of each week that breaks a promise; with
// it `soak 1 SEED` runs that week again. `--postgres`: on a server of its own, with two tenants in each week.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#ifdef STK_SOAK_POSTGRES
#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/assembly/open.hpp>

#include "tests/support/postgres.hpp"
#endif
#include "tests/fault/week.hpp"

namespace {

// Below so many weeks a kind of bad day may be missing by chance.
constexpr std::uint64_t kEnough = 100;
// Of so many something was compared, wherever they were.
constexpr std::uint64_t kSome = 3;
constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

MakeStorage on_postgres() {
#ifdef STK_SOAK_POSTGRES
  (void)PostgresServer::shared();  // it ends with the thread that started it
  return [](std::shared_ptr<stocktracker::Clock> clock) -> std::shared_ptr<stocktracker::Storage> {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    PostgresServer& server = PostgresServer::shared();
    const std::string database = server.fresh_database();
    stocktracker::PostgresOptions options;
    options.schema = stocktracker::schema();
    options.url = server.owner(database);
    if (const auto made = stocktracker::migrate_postgres(options); !made) {
      std::printf("migrate: %s\n", made.error().text().c_str());
      return nullptr;
    }
    options.url = server.app(database);
    options.clock = std::move(clock);
    options.connections = 3;
    return stocktracker::make_postgres_storage(std::move(options)).value();
  };
#else
  std::printf("this build has no PostgreSQL\n");
  std::exit(2);
#endif
}

void add(WeekReport& sum, const WeekReport& week) {
  const auto each = [](auto& to, const auto& from) {
    for (std::size_t n = 0; n < std::size(from); ++n) to[n] += from[n];
  };
  sum.runs += week.runs;
  sum.held += week.held;
  sum.accepted += week.accepted;
  sum.taken_back += week.taken_back;
  sum.compared_stock += week.compared_stock;
  sum.order_lines += week.order_lines;
  sum.prices += week.prices;
  each(sum.ended, week.ended);
  each(sum.channels, week.channels);
  each(sum.places, week.places);
}

// Prints what was seen; false where something never came about, so that nothing was shown of it.
bool print(const WeekReport& sum, bool everywhere, std::uint64_t weeks) {
  bool complete = true;
  const auto line = [&](const char* name, std::int64_t count, std::uint64_t needed_of = kEnough) {
    std::printf("  %-22s %lld\n", name, static_cast<long long>(count));
    if (weeks >= needed_of && count == 0) complete = false, std::printf("  never: %s\n", name);
  };
  static constexpr const char* kEnded[] = {"", "ok", "stale", "throttled", "denied", "failed", "gone"};
  for (std::size_t state = 1; state < 7; ++state) line(kEnded[state], sum.ended[state]);
  line("held", sum.held);
  line("accepted", sum.accepted);
  line("taken back", sum.taken_back);
  line("wildberries", sum.channels[0]);
  line("ozon", sum.channels[1]);
  line("yandex market", sum.channels[2]);
  static constexpr const char* kPlaces[] = {"in memory", "in a file", "in a folder", "on a server"};
  for (std::size_t place = 0; place < 3; ++place)
    line(kPlaces[place], sum.places[place], everywhere ? kEnough : kNever);
  line(kPlaces[3], sum.places[3], everywhere ? kNever : kSome);
  line("stock compared", sum.compared_stock, kSome);
  line("order lines compared", sum.order_lines, kSome);
  line("prices compared", sum.prices, kSome);
  return complete;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string_view> words(argv + 1, argv + argc);
  const bool postgres = std::erase(words, "--postgres") != 0;
  const std::uint64_t weeks = !words.empty() ? std::strtoull(words[0].data(), nullptr, 10) : 200;
  const std::uint64_t first = words.size() > 1 ? std::strtoull(words[1].data(), nullptr, 10) : 1;
  const MakeStorage storage = postgres ? on_postgres() : MakeStorage();
  std::atomic<std::uint64_t> next = 0;
  std::mutex mutex;
  WeekReport sum;
  int broken = 0;
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::thread> workers;
  for (unsigned n = 0; n < std::max(1U, std::thread::hardware_concurrency()); ++n) {
    workers.emplace_back([&] {
      for (std::uint64_t at = next++; at < weeks; at = next++) {
        const WeekReport week = run_week(first + at, storage);
        const std::lock_guard lock(mutex);
        add(sum, week);
        if (!week.fault.empty() && ++broken <= 20) {
          std::printf("seed %llu: %s\n", static_cast<unsigned long long>(week.seed), week.fault.c_str());
          std::fflush(stdout);
        }
        if ((at + 1) % 1'000 == 0) {
          std::printf("%llu weeks\n", static_cast<unsigned long long>(at + 1));
          std::fflush(stdout);
        }
      }
    });
  }
  for (auto& worker : workers) worker.join();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::printf("%llu weeks, %d runs in %.1f s, %d broken\n", static_cast<unsigned long long>(weeks), sum.runs, seconds,
              broken);
  const bool complete = print(sum, !postgres, weeks);
  return broken == 0 && complete && sum.runs > 0 ? 0 : 1;
}
