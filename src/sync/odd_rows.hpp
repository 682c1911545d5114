/// OddRows: rows of one source's answer that could not be read, or had to be changed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/odd_row.hpp>

namespace stocktracker::inline v0::sync_run {

/// If both limits are exceeded, such rows are not exceptions: the vendor has changed its answer, or the decoder is
/// wrong.
inline constexpr std::size_t kSkippedAtLeast = 3;
inline constexpr std::size_t kSkippedPercent = 10;

/// Not thread-safe.
class OddRows {
 public:
  void add(const OddRow& row);
  void clear() { *this = OddRows(); }

  [[nodiscard]] std::size_t skipped() const noexcept { return skipped_; }
  /// True if a row that was left out did not name its subject: then absence from the answer means nothing.
  [[nodiscard]] bool anonymous() const noexcept { return anonymous_; }
  /// The subjects of rows that were left out, sorted, without duplicates.
  [[nodiscard]] std::vector<std::string> keys() const;
  /// Errc::vendor_contradiction if too many rows could not be read, compared with the `read` ones.
  [[nodiscard]] Result<void> check(std::size_t read) const;
  /// "skipped 2: offer_id is empty, e.g. stocks[3]; oversold 1: free_stock is negative, e.g. B"; empty if there are
  /// none.
  [[nodiscard]] std::string note() const;

 private:
  [[nodiscard]] std::size_t& count_of(RowOddity kind) noexcept;

  struct Reason {
    RowOddity kind = RowOddity::unreadable;
    std::string text;
    std::string example;
    std::size_t rows = 0;
  };
  std::vector<Reason> reasons_;
  std::vector<std::string> keys_;
  std::size_t skipped_ = 0;
  std::size_t oversold_ = 0;
  std::size_t incomplete_ = 0;
  bool anonymous_ = false;
};

/// Joins the notes of one source; empty ones are left out.
[[nodiscard]] std::string joined_notes(std::string first, const std::string& second);

}  // namespace stocktracker::inline v0::sync_run
