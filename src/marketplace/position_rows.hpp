/// PositionRows: the rows of an answer by offer and warehouse, each once; pages may repeat rows at their borders.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/hash.hpp"
#include "marketplace/stock_cells.hpp"

namespace stocktracker::inline v0 {

class PositionRows {
 public:
  [[nodiscard]] StockCells& columns() noexcept { return columns_; }
  [[nodiscard]] StockCells take() { return std::move(columns_); }

  /// Reserves room for this many more rows: an answer's size shows roughly how many there are.
  void expect(std::size_t more) {
    const std::size_t wanted = columns_.rows() + more;
    if (wanted * 2 > slots_.size()) grow(wanted * 2);
    if (wanted <= columns_.warehouse.capacity()) return;
    const std::size_t room = std::max(wanted, columns_.warehouse.capacity() * 2);
    columns_.warehouse.reserve(room);
    columns_.on_hand.reserve(room);
    columns_.reserved.reserve(room);
  }

  /// The row of a position; the number of rows if there is none yet: then the caller adds it.
  [[nodiscard]] std::size_t find(std::string_view offer, std::uint32_t warehouse) {
    return find(offer, hash64(offer), warehouse);
  }
  /// With the hash64 of the offer: rows of one offer often follow each other.
  [[nodiscard, gnu::always_inline]] std::size_t find(std::string_view offer, std::uint64_t offer_hash,
                                                     std::uint32_t warehouse) {
    if ((columns_.rows() + 1) * 2 > slots_.size()) [[unlikely]]
      grow(slots_.size() * 2);
    const std::uint32_t hash = hash_of(offer_hash, warehouse);
    Slot& slot = slots_[hash & (slots_.size() - 1)];
    if (slot.row != 0) return find_further(offer, hash, warehouse);
    slot = {hash, static_cast<std::uint32_t>(columns_.rows() + 1)};
    return columns_.rows();
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t row = 0;  ///< and one; 0: free
  };

  /// The slot that the hash names is taken: by this position or another one.
  [[nodiscard, gnu::noinline]] std::size_t find_further(std::string_view offer, std::uint32_t hash,
                                                        std::uint32_t warehouse) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.row == 0) {
        slot = {hash, static_cast<std::uint32_t>(columns_.rows() + 1)};
        return columns_.rows();
      }
      const std::size_t row = slot.row - 1;
      if (slot.hash == hash && columns_.warehouse[row] == warehouse && columns_.offer.text(row) == offer) return row;
    }
  }

  static std::uint32_t hash_of(std::uint64_t offer_hash, std::uint32_t warehouse) noexcept {
    const std::uint64_t mixed = offer_hash ^ (std::uint64_t{warehouse} * 0x9E37'79B9'7F4A'7C15ULL);
    return static_cast<std::uint32_t>(mixed ^ (mixed >> 32U));
  }

  void grow(std::size_t slots) {
    std::vector<Slot> before(std::bit_ceil(std::max<std::size_t>(256, slots)));
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.row == 0) continue;
      std::size_t at = slot.hash & (slots_.size() - 1);
      while (slots_[at].row != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  StockCells columns_;
  std::vector<Slot> slots_;
};

}  // namespace stocktracker::inline v0
