// Compares a complete answer with the known levels, without access to the store.
#include "inventory/level_diff.hpp"

#include <algorithm>

namespace stocktracker::inline v0::inventory {
namespace {

std::int64_t reported_or(const std::vector<std::int64_t>& column, std::size_t row, std::int64_t otherwise) noexcept {
  return column.empty() ? otherwise : column[row];
}

}  // namespace

void LevelDiff::known(const LevelRow& level) {
  if (level.on_hand > 0) ++positive_before_;
  std::size_t end = at_;
  while (end < snapshot_.rows() &&
         (snapshot_.offer[end] < level.offer ||
          (snapshot_.offer[end] == level.offer && snapshot_.warehouse[end] < level.warehouse))) {
    ++end;
  }
  add_until(end);
  if (at_ < snapshot_.rows() && snapshot_.offer[at_] == level.offer && snapshot_.warehouse[at_] == level.warehouse) {
    compare(level, at_++);
  } else {
    missing(level);
  }
}

void LevelDiff::finish() {
  // In a first load every row is added. The list then repeats the snapshot, but callers need only one form.
  added_.reserve(added_.size() + snapshot_.rows() - at_);
  add_until(snapshot_.rows());
  settle_offer();
  changes_.added = static_cast<std::int64_t>(added_.size());
}

void LevelDiff::compare(const LevelRow& level, std::size_t row) {
  LevelRow now = level;
  now.on_hand = snapshot_.on_hand[row];
  // A quantity that the answer does not report keeps its last reported value.
  now.reserved = reported_or(snapshot_.reserved, row, level.reserved);
  now.to_client = reported_or(snapshot_.to_client, row, level.to_client);
  now.from_client = reported_or(snapshot_.from_client, row, level.from_client);
  now.state = PositionState::known;
  write(level, now, MovementKind::observed);
}

void LevelDiff::missing(const LevelRow& level) {
  if (asked_ != nullptr && !std::binary_search(asked_->begin(), asked_->end(), level.offer)) {
    // The offer was not requested: its value is as old as the last answer about it.
    LevelRow unseen = level;
    if (level.on_hand > 0 && level.state == PositionState::known) unseen.state = PositionState::kept;
    write(level, unseen, MovementKind::absent);
    return;
  }
  LevelRow now = level;
  if (absent_ == Absent::zero && !all_open_ && !std::binary_search(open_.begin(), open_.end(), level.offer)) {
    now.on_hand = 0;
    if (level.reserved != kNull) now.reserved = 0;
    if (level.to_client != kNull) now.to_client = 0;
    if (level.from_client != kNull) now.from_client = 0;
    now.state = PositionState::known;
  } else if (level.state == PositionState::known) {
    now.state = PositionState::kept;
  }
  write(level, now, MovementKind::absent);
}

void LevelDiff::write(const LevelRow& before, LevelRow after, MovementKind kind) {
  if (after == before) {
    ++changes_.unchanged;
    return;
  }
  // The ledger records on-hand stock and whether it is known. Transit and reserved units change only the level.
  if (after.on_hand != before.on_hand || after.state != before.state) {
    after.seq = before.seq + 1;
    entries_.offer.push_back(after.offer);
    entries_.warehouse.push_back(after.warehouse);
    entries_.seq.push_back(after.seq);
    entries_.kind.push_back(static_cast<std::int64_t>(kind));
    entries_.before.push_back(before.on_hand);
    entries_.after.push_back(after.on_hand);
  }
  if (after.state == PositionState::kept && before.state != PositionState::kept) {
    ++changes_.kept;
  } else {
    ++changes_.changed;
  }
  if (before.on_hand > 0 && after.on_hand == 0) lost(before.offer, before.on_hand);
  if (after.on_hand > before.on_hand) gained(after.offer, after.on_hand - std::max<std::int64_t>(0, before.on_hand));
  changed_.push_back(after);
}

void LevelDiff::add_until(std::size_t end) {
  for (; at_ < end; ++at_) {
    gained(snapshot_.offer[at_], snapshot_.on_hand[at_]);
    added_.push_back(static_cast<std::uint32_t>(at_));
  }
}

void LevelDiff::gained(std::int64_t offer, std::int64_t units) noexcept {
  if (offer != offer_) settle_offer();
  offer_ = offer;
  gained_ += units;
}

void LevelDiff::lost(std::int64_t offer, std::int64_t units) noexcept {
  if (offer != offer_) settle_offer();
  offer_ = offer;
  lost_ += units;
  ++lost_positions_;
}

/// A warehouse may appear under another name (it is disclosed again, or another method names it) with the same goods.
/// So if an offer gained at least half of the units that it lost, its lost positions do not count as set to 0: sales
/// and supplies between two answers explain the rest.
void LevelDiff::settle_offer() noexcept {
  if (gained_ < lost_ - gained_) changes_.zeroed += lost_positions_;
  gained_ = lost_ = lost_positions_ = 0;
}

}  // namespace stocktracker::inline v0::inventory
