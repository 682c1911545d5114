/// StockCells: the rows of a StockPage, column by column, as this library's own connectors fill them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/marketplace/warehouse.hpp>

namespace stocktracker::inline v0 {

/// A larger amount is a fault, not stock: sums over a catalogue stay far below the limit of the type.
inline constexpr std::int64_t kMostUnits = 1'000'000'000'000;

/// Keys of one column: all are numbers, or all are texts, as the channel's capabilities say. Texts share one buffer.
class KeyColumn {
 public:
  void push(std::int64_t number) { numbers_.push_back(number); }
  void push(std::string_view text) {
    text_.append(text);
    ends_.push_back(text_.size());
  }
  [[nodiscard]] bool numeric() const noexcept { return ends_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return numeric() ? numbers_.size() : ends_.size(); }
  [[nodiscard]] std::int64_t number(std::size_t row) const noexcept { return numbers_[row]; }
  [[nodiscard]] std::string_view text(std::size_t row) const noexcept {
    const std::size_t from = row == 0 ? 0 : ends_[row - 1];
    return std::string_view(text_).substr(from, ends_[row] - from);
  }
  [[nodiscard]] const std::vector<std::int64_t>& numbers() const noexcept { return numbers_; }
  /// The texts one after the other.
  [[nodiscard]] std::string_view all_text() const noexcept { return text_; }
  [[nodiscard]] bool no_text_is_empty_or_longer(std::size_t most) const noexcept {
    std::size_t begin = 0;
    for (const std::size_t end : ends_) {
      if (end == begin || end - begin > most) return false;
      begin = end;
    }
    return true;
  }
  /// The number as decimal text, or the text.
  [[nodiscard]] std::string to_text(std::size_t row) const {
    return numeric() ? std::to_string(numbers_[row]) : std::string(text(row));
  }
  void reserve(std::size_t rows) { numbers_.reserve(rows); }
  void append(const KeyColumn& other) {
    numbers_.insert(numbers_.end(), other.numbers_.begin(), other.numbers_.end());
    const std::size_t base = text_.size();
    text_.append(other.text_);
    for (std::size_t end : other.ends_) ends_.push_back(base + end);
  }

 private:
  std::vector<std::int64_t> numbers_;
  std::string text_;
  std::vector<std::size_t> ends_;
};

/// Row i is (offer[i], warehouses[warehouse[i]]). Quantities are >= 0. A quantity column that the channel does not
/// report is empty; on_hand never is.
struct StockCells {
  KeyColumn offer;
  KeyColumn listing;  ///< may be empty: not in the answer
  std::vector<std::uint32_t> warehouse;
  std::vector<std::int64_t> on_hand;
  std::vector<std::int64_t> reserved;
  std::vector<std::int64_t> to_client;    ///< in transit to customers
  std::vector<std::int64_t> from_client;  ///< in transit from customers
  std::vector<Warehouse> warehouses;      ///< each (kind, key) once, in order of appearance
  /// Listings with quantities that could not be assigned to an offer. Their offers have no rows here; they keep their
  /// stored values, because their absence means nothing.
  KeyColumn unplaced;

  [[nodiscard]] std::size_t rows() const noexcept { return on_hand.size(); }
};

}  // namespace stocktracker::inline v0
