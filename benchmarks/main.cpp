// Runs the benchmarks, then prints each beside its limit.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

class RatioReporter final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Iteration && !run.error_occurred) {
        std::string name = run.benchmark_name();
        name.resize(name.find('/') == std::string::npos ? name.size() : name.find('/'));
        times_[name].push_back(run.GetAdjustedRealTime());
      }
    }
    ConsoleReporter::ReportRuns(runs);
  }

  [[nodiscard]] double median(const std::string& name) const {
    const auto found = times_.find(name);
    if (found == times_.end()) return 0;
    auto times = found->second;
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  }

 private:
  std::map<std::string, std::vector<double>> times_;
};

struct Goal {
  const char* name;
  double most;  // times the limit; for kCeilings nanoseconds
};

constexpr Goal kGoals[] = {{"decode", 1 / 0.6},   {"decode_ozon", 1 / 0.5}, {"decode_market", 1 / 0.5},
                           {"persist", 2},        {"first_load", 1.5},      {"unchanged", 1.5},
                           {"as_of", 3},          {"columns", 1.5},         {"reactor", 1 / 0.8},
                           {"server_load", 2.5},  {"server_page", 2},       {"five_percent", 0.3},
                           {"matching", 4},       {"json_reader", 2.5},     {"product_page", 1.2},
                           {"token_hs256", 1.25}, {"token_rs256", 1 / 0.9}, {"permission_check", 2}};

// Maximum nanoseconds of benchmarks that have no physical limit.
constexpr Goal kCeilings[] = {{"quota_check", 60},
                              {"permission_check", 10},
                              {"telemetry_count", 1'000},
                              {"telemetry_observe", 1'000},
                              {"world_year", 60e9}};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  std::printf("\n%-14s %10s %10s %8s %8s\n", "median", "ours", "limit", "ratio", "goal");
  bool met = true;
  for (const Goal& goal : kGoals) {
    const double ours = reporter.median(goal.name);
    const double limit = reporter.median(std::string(goal.name) + "_limit");
    if (ours == 0 || limit == 0) continue;
    std::printf("%-14s %10.3f %10.3f %8.2f %8.2f%s\n", goal.name, ours, limit, ours / limit, goal.most,
                ours / limit <= goal.most ? "" : "  missed");
    met = met && ours / limit <= goal.most;
  }
  for (const Goal& ceiling : kCeilings) {
    const double ours = reporter.median(ceiling.name);
    if (ours == 0) continue;
    std::printf("%-14s %10.3f %10s %8s %8.2f ns%s\n", ceiling.name, ours, "", "", ceiling.most,
                ours <= ceiling.most ? "" : "  missed");
    met = met && ours <= ceiling.most;
  }
  return met ? 0 : 1;
}
