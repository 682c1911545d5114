// Counts rows that could not be read, and decides what follows.
#include "sync/odd_rows.hpp"

#include <algorithm>

#include "marketplace/vendor_answers.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

/// Number of examples: enough to understand the problem. The counts are complete.
constexpr std::size_t kMostReasons = 4;

}  // namespace

void OddRows::add(const OddRow& row) {
  const bool left_out = row.kind == RowOddity::unreadable;
  ++count_of(row.kind);
  if (left_out && row.key.empty()) anonymous_ = true;
  if (left_out && !row.key.empty() && (keys_.empty() || keys_.back() != row.key)) keys_.emplace_back(row.key);
  const auto known = std::find_if(reasons_.begin(), reasons_.end(),
                                  [&](const Reason& one) { return one.kind == row.kind && one.text == row.reason; });
  if (known != reasons_.end()) {
    ++known->rows;
  } else if (reasons_.size() < kMostReasons) {
    std::string example = shown(row.location);
    if (!row.key.empty()) example.append(example.empty() ? "" : " ").append("(" + shown(row.key) + ")");
    reasons_.push_back({row.kind, shown(row.reason), std::move(example), 1});
  }
}

std::size_t& OddRows::count_of(RowOddity kind) noexcept {
  return kind == RowOddity::unreadable ? skipped_ : kind == RowOddity::oversold ? oversold_ : incomplete_;
}

std::vector<std::string> OddRows::keys() const {
  std::vector<std::string> sorted = keys_;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

Result<void> OddRows::check(std::size_t read) const {
  if (skipped_ < kSkippedAtLeast || skipped_ * 100 < (skipped_ + read) * kSkippedPercent) return success();
  return Error(Errc::vendor_contradiction,
               std::to_string(skipped_) + " of " + std::to_string(skipped_ + read) + " rows cannot be read: " + note());
}

std::string OddRows::note() const {
  std::string text;
  struct Kind {
    RowOddity kind;
    std::size_t rows;
    const char* name;
  };
  for (const auto& [kind, rows, name] :
       {Kind{RowOddity::unreadable, skipped_, "skipped "}, Kind{RowOddity::oversold, oversold_, "oversold "},
        Kind{RowOddity::incomplete, incomplete_, "incomplete "}}) {
    if (rows == 0) continue;
    text.append(text.empty() ? "" : "; ").append(name);
    text.append(std::to_string(rows)).append(": ");
    bool first = true;
    for (const Reason& reason : reasons_) {
      if (reason.kind != kind) continue;
      text.append(first ? "" : ", ").append(reason.text);
      if (!reason.example.empty()) text.append(", e.g. ").append(reason.example);
      first = false;
    }
  }
  return text;
}

std::string joined_notes(std::string first, const std::string& second) {
  if (!first.empty() && !second.empty()) first.append("; ");
  return first.append(second);
}

}  // namespace stocktracker::inline v0::sync_run
