// A seeded week of one or two sellers under random faults, and what must hold whatever happens.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>

// Where a week's store is; the seed chooses where nobody asks for one.
enum class Place : unsigned char { memory, file, folder, given };

struct WeekReport {
  std::uint64_t seed = 0;
  int runs = 0;
  std::int64_t ended[7] = {};   // outcomes of sources, by SourceState
  std::int64_t held = 0;        // sources that the guard held
  std::int64_t accepted = 0;    // held, and applied by a person's word
  std::int64_t taken_back = 0;  // held, and applied when the marketplace said something else
  std::int64_t channels[3] = {};
  std::int64_t places[4] = {};
  std::int64_t compared_stock = 0;  // sources that were compared with the world during the week
  std::int64_t order_lines = 0;     // compared in the end
  std::int64_t prices = 0;
  std::string fault;  // the first promise that was broken; empty: none
};

using MakeStorage = std::function<std::shared_ptr<stocktracker::Storage>(std::shared_ptr<stocktracker::Clock>)>;

// With `storage`, in that store, with two tenants.
[[nodiscard]] WeekReport run_week(std::uint64_t seed, const MakeStorage& storage = {});
