// Four processes share the limits of three marketplaces through a file.
#include <stocktracker/adapters/system.hpp>

#include "tests/property/http/shared_limits.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

TEST_CASE("four processes share the limits of three marketplaces") {
  for (const std::uint64_t seed : seeds_to_try(1, 3)) {
    INFO(replay(seed));
    const TempFolder folder;
    share_limits([&] { return st::make_quota_file(folder.file("limits")).value(); }, seed, std::chrono::minutes(8));
  }
}
