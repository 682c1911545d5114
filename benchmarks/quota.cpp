// Taking from a limit, beside an uncontended lock; sealing, beside the bare cipher.
#include <benchmark/benchmark.h>

#include <mutex>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/http/quota.hpp>

#include "tests/support/temp_folder.hpp"

namespace {

namespace st = stocktracker;

void quota_check_limit(benchmark::State& state) {
  std::mutex mutex;
  std::int64_t at = 0;
  for (auto _ : state) {
    const std::lock_guard lock(mutex);
    benchmark::DoNotOptimize(++at);
  }
}
BENCHMARK(quota_check_limit);

void quota_check(benchmark::State& state) {
  st::QuotaTree tree(st::LimitTable::shipped());
  auto quota = tree.quota({"wildberries", "seller", "personal", "marketplace"}, "wildberries.seller_stock");
  st::Instant now = st::Instant::from_seconds(1'795'300'000);
  for (auto _ : state) {
    now = now + st::Duration(200'000);
    benchmark::DoNotOptimize(quota.take(now, 1).granted);
  }
}
BENCHMARK(quota_check);

// The same, shared with other processes through a file.
void quota_check_file(benchmark::State& state) {
  const TempFolder folder;
  {
    st::QuotaTree tree(st::LimitTable::shipped(), st::make_quota_file(folder.file("quota")).value());
    auto quota = tree.quota({"wildberries", "seller", "personal", "marketplace"}, "wildberries.seller_stock");
    st::Instant now = st::Instant::from_seconds(1'795'300'000);
    for (auto _ : state) {
      now = now + st::Duration(200'000);
      benchmark::DoNotOptimize(quota.take(now, 1).granted);
    }
  }
}
BENCHMARK(quota_check_file);

void seal_token(benchmark::State& state) {
  auto keys =
      st::make_key_text(st::Secret::copy_of("k-1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"), "bench").value();
  auto sealer = st::make_sealer(keys);
  const st::Secret token(std::string(400, 't'));
  for (auto _ : state) {
    const auto sealed = sealer->seal(token, {"tenant", "credential", "sealed", "row"});
    benchmark::DoNotOptimize(sealer->open(sealed.value(), {"tenant", "credential", "sealed", "row"}).has_value());
  }
}
BENCHMARK(seal_token);

}  // namespace
