/// @file
/// PositionRows: the rows of an answer by offer and warehouse, each once: pages may repeat their border.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include <stocktracker/marketplace/stock_columns.hpp>

#include "core/hash.hpp"

namespace stocktracker::inline v0 {

class PositionRows {
 public:
  [[nodiscard]] StockColumns& columns() noexcept { return columns_; }
  [[nodiscard]] StockColumns take() { return std::move(columns_); }

  /// The row of a position; the number of rows where there is none yet: whoever asks adds it then.
  [[nodiscard]] std::size_t find(std::string_view offer, std::uint32_t warehouse) {
    if ((columns_.rows() + 1) * 2 > slots_.size()) grow();
    const std::uint64_t hash = hash_of(offer, warehouse);
    for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[at];
      if (slot.row == 0) {
        slot = {hash, columns_.rows() + 1};
        return columns_.rows();
      }
      const std::size_t row = slot.row - 1;
      if (slot.hash == hash && columns_.warehouse[row] == warehouse && columns_.offer.text(row) == offer) return row;
    }
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::size_t row = 0;  ///< and one; 0: free
  };

  static std::uint64_t hash_of(std::string_view offer, std::uint32_t warehouse) noexcept {
    return hash64(offer) ^ (std::uint64_t{warehouse} * 0x9E37'79B9'7F4A'7C15ULL);
  }

  void grow() {
    std::vector<Slot> before(std::max<std::size_t>(256, slots_.size() * 2));
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.row == 0) continue;
      std::size_t at = slot.hash & (slots_.size() - 1);
      while (slots_[at].row != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  StockColumns columns_;
  std::vector<Slot> slots_;
};

}  // namespace stocktracker::inline v0
