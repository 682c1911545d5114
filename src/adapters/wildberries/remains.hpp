/// The report task `warehouse_remains`: FBO stock for tokens that may not call the main method.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapters/wildberries/calls.hpp"
#include "marketplace/stock_cells.hpp"

namespace stocktracker::inline v0::wildberries {

/// Maps (nmID, barcode) to chrtID: the report identifies offers only by barcodes. Thread-safe.
class Barcodes {
 public:
  void begin();
  void add(std::span<const OfferRow> page);
  void finish();
  /// True if a complete card list was added.
  [[nodiscard]] bool complete() const;
  /// chrtIDs of a listing.
  [[nodiscard]] std::vector<std::int64_t> offers_of(std::int64_t nm_id) const;
  /// 0: unknown.
  [[nodiscard]] std::int64_t find(std::int64_t nm_id, const std::string& barcode) const;

 private:
  mutable std::mutex mutex_;
  bool complete_ = false;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> known_;
};

/// Orders the report, or continues with the one ordered before; waits for it, and passes it to the sink with the time
/// when it was ordered, which it describes. Warehouses have no id here: their key is "name:" and the exact name. The
/// three rows that are not warehouses are left out, so transit is unknown. A listing with units under a barcode of no
/// card keeps its stored values and is named in a note; so does an offer with an unreadable row. Errc::vendor_throttled
/// with a wait if the report is not ready in time: the next call requests the same one.
[[nodiscard]] Result<void> fetch_remains(const Calls& calls, const Barcodes& barcodes, StockSink& sink,
                                         const CallContext& context);

/// Decodes the downloaded report. Pure.
[[nodiscard]] Result<StockCells> decode_remains(std::string_view body, const Barcodes& barcodes, std::string& note,
                                                AnswerSink& sink);

}  // namespace stocktracker::inline v0::wildberries
