// LevelDiff: what a complete snapshot changes.
#include "inventory/level_diff.hpp"

#include <algorithm>
#include <array>

#include <stocktracker/inventory/mass_zero.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
namespace inventory = stocktracker::inventory;
using inventory::LevelRow;
using st::PositionState;

namespace {

inventory::StockSnapshot snapshot(std::initializer_list<std::array<std::int64_t, 3>> rows) {
  inventory::StockSnapshot made;
  for (const auto& [offer, warehouse, units] : rows) {
    made.offer.push_back(offer);
    made.warehouse.push_back(warehouse);
    made.on_hand.push_back(units);
  }
  return made;
}

LevelRow level(std::int64_t offer, std::int64_t warehouse, std::int64_t units,
               PositionState state = PositionState::known) {
  LevelRow row;
  row.offer = offer;
  row.warehouse = warehouse;
  row.on_hand = units;
  row.state = state;
  row.seq = 5;
  return row;
}

struct Diffed {
  std::vector<std::uint32_t> added;
  std::vector<LevelRow> changed;
  inventory::LedgerRows entries;
  st::SourceChanges changes;
  std::int64_t positive;
};

Diffed diff(const inventory::StockSnapshot& now, const std::vector<LevelRow>& known, st::Absent absent,
            const std::vector<std::int64_t>* asked = nullptr, const std::vector<std::int64_t>& open = {}) {
  inventory::LevelDiff diff(now, absent, asked, open);
  for (const LevelRow& row : known) diff.known(row);
  diff.finish();
  return {diff.added(), diff.changed(), diff.entries(), diff.changes(), diff.positive_before()};
}

}  // namespace

TEST_CASE("a first load adds everything") {
  const auto d = diff(snapshot({{1, 1, 5}, {1, 2, 0}}), {}, st::Absent::zero);
  CHECK(d.added == std::vector<std::uint32_t>{0, 1});
  CHECK(d.changed.empty());
  CHECK(d.changes == st::SourceChanges{.added = 2});
}

TEST_CASE("the same again changes nothing") {
  const auto d = diff(snapshot({{1, 1, 5}, {2, 1, 0}}), {level(1, 1, 5), level(2, 1, 0)}, st::Absent::zero);
  CHECK(d.changes == st::SourceChanges{.unchanged = 2});
  CHECK(d.entries.size() == 0);
  CHECK(d.positive == 1);
}

TEST_CASE("silence about an open offer keeps what is known, where silence otherwise is zero") {
  const std::vector<std::int64_t> open{2};
  const auto d =
      diff(snapshot({{1, 1, 5}}), {level(1, 1, 5), level(2, 1, 7), level(3, 1, 8)}, st::Absent::zero, nullptr, open);
  REQUIRE(d.changed.size() == 2);
  CHECK(d.changed[0].on_hand == 7);
  CHECK(d.changed[0].state == PositionState::kept);
  CHECK(d.changed[1].on_hand == 0);
  CHECK(d.changes == st::SourceChanges{.changed = 1, .zeroed = 1, .kept = 1, .unchanged = 1});
}

TEST_CASE("changed, new and absent positions in one pass") {
  const auto d = diff(snapshot({{1, 1, 4}, {1, 3, 9}, {3, 1, 2}}),
                      {level(1, 1, 5), level(1, 2, 7), level(2, 2, 0), level(3, 1, 2)}, st::Absent::zero);
  CHECK(d.added == std::vector<std::uint32_t>{1});
  REQUIRE(d.changed.size() == 2);
  CHECK(d.changed[0].on_hand == 4);
  CHECK(d.changed[0].seq == 6);
  CHECK(d.changed[1].on_hand == 0);
  CHECK(d.entries.kind == std::vector<std::int64_t>{1, 2});
  CHECK(d.entries.before == std::vector<std::int64_t>{5, 7});
  CHECK(d.entries.after == std::vector<std::int64_t>{4, 0});
  // The seven of warehouse 2 are found again among the nine of warehouse 3.
  CHECK(d.changes == st::SourceChanges{.added = 1, .changed = 2, .unchanged = 2});
}

TEST_CASE("units that moved to another key are no zeroes, units that are gone are") {
  const std::vector<LevelRow> known{level(1, 1, 10), level(2, 1, 10), level(3, 1, 10), level(4, 1, 10), level(4, 2, 3)};
  // Of the first all moved, of the second most (some were sold meanwhile), of the third few; the fourth is gone, though
  // its neighbours gained.
  const auto d = diff(snapshot({{1, 9, 10}, {2, 9, 6}, {3, 9, 4}, {5, 9, 50}}), known, st::Absent::zero);
  CHECK(d.changes == st::SourceChanges{.added = 4, .changed = 5, .zeroed = 3});
}

// A guard that takes a unit more in one warehouse for all the goods of another holds nothing back.
TEST_CASE("an offer's zeroes count where less than half of what they lost was gained, whatever else the offer holds") {
  constexpr std::int64_t kNone = -1;
  constexpr std::array<std::int64_t, 5> kUnits{kNone, 0, 1, 4, 9};
  constexpr std::size_t kPairs = kUnits.size() * kUnits.size();
  int counted = 0;
  int found_again = 0;
  for (std::size_t n = 0; n < kPairs * kPairs * kPairs; ++n) {
    // The offers before and behind it gain more than it can lose.
    inventory::StockSnapshot now = snapshot({{1, 1, 50}});
    std::vector<LevelRow> known{level(1, 1, 10)};
    std::int64_t gained = 0, lost = 0, zeroes = 0;
    std::size_t rest = n;
    for (std::int64_t warehouse = 1; warehouse <= 3; ++warehouse, rest /= kPairs) {
      const std::int64_t before = kUnits[rest % kPairs / kUnits.size()];
      const std::int64_t after = kUnits[rest % kUnits.size()];
      if (before != kNone) known.push_back(level(2, warehouse, before));
      if (after != kNone) {
        now.offer.push_back(2);
        now.warehouse.push_back(warehouse);
        now.on_hand.push_back(after);
      }
      const std::int64_t was = std::max<std::int64_t>(before, 0);
      const std::int64_t is = std::max<std::int64_t>(after, 0);
      if (is > was) gained += is - was;
      if (was > 0 && is == 0) lost += was, ++zeroes;
    }
    known.push_back(level(3, 1, 10));
    now.offer.push_back(3);
    now.warehouse.push_back(1);
    now.on_hand.push_back(50);
    const std::int64_t expected = 2 * gained < lost ? zeroes : 0;
    const std::int64_t zeroed = diff(now, known, st::Absent::zero).changes.zeroed;
    if (zeroed != expected) FAIL_CHECK("case " << n << ": " << zeroed << " instead of " << expected);
    counted += expected > 0 ? 1 : 0;
    found_again += zeroes > 0 && expected == 0 ? 1 : 0;
  }
  CHECK(counted > 1'000);
  CHECK(found_again > 1'000);
}

TEST_CASE("an answer with a row that named nobody says nothing by silence") {
  const auto now = snapshot({{1, 1, 4}});
  inventory::LevelDiff diff(now, st::Absent::zero, nullptr);
  diff.all_open();
  diff.known(level(1, 1, 5));
  diff.known(level(2, 1, 7));
  diff.finish();
  REQUIRE(diff.changed().size() == 2);
  CHECK(diff.changed()[0].on_hand == 4);
  CHECK(diff.changed()[1].on_hand == 7);
  CHECK(diff.changed()[1].state == PositionState::kept);
  CHECK(diff.changes().zeroed == 0);
}

TEST_CASE("silence that means nothing keeps the last value and marks it, once") {
  const auto d =
      diff(snapshot({}),
           {level(1, 1, 5), level(2, 1, 5, PositionState::kept), level(3, 1, inventory::kNull, PositionState::unknown)},
           st::Absent::unknown);
  REQUIRE(d.changed.size() == 1);
  CHECK(d.changed[0].on_hand == 5);
  CHECK(d.changed[0].state == PositionState::kept);
  CHECK(d.entries.before == d.entries.after);
  CHECK(d.changes == st::SourceChanges{.kept = 1, .unchanged = 2});
}

TEST_CASE("a kept position that is reported again is known again, even with the same value") {
  const auto d = diff(snapshot({{1, 1, 5}}), {level(1, 1, 5, PositionState::kept)}, st::Absent::unknown);
  REQUIRE(d.changed.size() == 1);
  CHECK(d.changed[0].state == PositionState::known);
  CHECK(d.entries.kind == std::vector<std::int64_t>{1});
}

TEST_CASE("silence about what was not asked for is no answer") {
  const std::vector<std::int64_t> asked{2};
  const auto d = diff(snapshot({}), {level(1, 1, 5), level(2, 1, 5)}, st::Absent::zero, &asked);
  REQUIRE(d.changed.size() == 2);
  CHECK(d.changed[0].on_hand == 5);
  CHECK(d.changed[0].state == PositionState::kept);
  CHECK(d.changed[1].offer == 2);
  CHECK(d.changed[1].on_hand == 0);
}

TEST_CASE("transit alone changes the level and not the ledger, and a quantity that is not reported stays") {
  auto now = snapshot({{1, 1, 5}});
  now.to_client = {3};
  LevelRow before = level(1, 1, 5);
  before.to_client = 1;
  before.reserved = 2;
  const auto d = diff(now, {before}, st::Absent::zero);
  REQUIRE(d.changed.size() == 1);
  CHECK(d.changed[0].to_client == 3);
  CHECK(d.changed[0].reserved == 2);
  CHECK(d.changed[0].seq == before.seq);
  CHECK(d.entries.size() == 0);
}

TEST_CASE("mass zero needs both numbers, and never holds a first load") {
  const st::MassZeroGuard guard;
  CHECK_FALSE(st::is_mass_zero(guard, 20, 9, false));
  CHECK(st::is_mass_zero(guard, 20, 10, false));
  CHECK_FALSE(st::is_mass_zero(guard, 20, 10, true));
  CHECK(st::is_mass_zero(guard, 100, 30, false));
  CHECK_FALSE(st::is_mass_zero(guard, 100, 29, false));
  CHECK_FALSE(st::is_mass_zero(guard, 0, 0, false));
  CHECK(st::is_mass_zero({.at_least = 1, .percent = 100}, 1, 1, false));
  CHECK_FALSE(st::MassZeroGuard{.at_least = 0, .percent = 101}.validate());
}
