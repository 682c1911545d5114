// sync_files DIR DB: one synchronisation from answers in files; prints {"total_s":..,"written":..,"peak_mib":..}.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>

#include "payload_transport.hpp"

namespace st = stocktracker;

namespace {

st::Result<void> run(const std::string& folder, const std::string& db) {
  const auto start = std::chrono::steady_clock::now();
  STK_TRY(auto transport, bench::make_file_transport(folder));
  STK_TRY(
      auto engine,
      st::open(
          {.path = db, .limits = st::LimitTable{}, .transport = transport, .executor = st::make_inline_executor()}));
  STK_TRY(auto account, engine.accounts().connect(st::wildberries::credentials(st::Secret::copy_of("file"))));
  STK_TRY(auto run, engine.sync().run(account.id));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const auto changes = run.changes();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"total_s\":%.6f,\"written\":%lld,\"peak_mib\":%.1f,\"state\":\"%s\"}\n", seconds.count(),
              static_cast<long long>(changes.added + changes.changed + changes.kept),
              static_cast<double>(usage.ru_maxrss) / 1024.0, to_string(run.state));
  for (const st::SourceOutcome& source : run.sources) {
    if (source.error) std::fprintf(stderr, "%s: %s\n", source.name.c_str(), source.error->text().c_str());
  }
  if (run.state != st::RunState::ok) return st::Error(st::Errc::internal, "not every source was applied");
  return st::success();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: sync_files DIR DB\n");
    return 2;
  }
  const auto done = run(argv[1], argv[2]);
  if (!done) std::fprintf(stderr, "%s\n", done.error().text().c_str());
  return done ? 0 : 1;
}
