/// @file
/// The report task `warehouse_remains`: FBO stock for tokens that may not call the main method.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapters/wildberries/calls.hpp"

namespace stocktracker::inline v0::wildberries {

/// (nmID, barcode) to chrtID: the report knows offers by their barcodes alone. Thread-safe.
class Barcodes {
 public:
  void begin();
  void add(std::span<const OfferRow> page);
  void finish();
  /// Whether a complete card list went in.
  [[nodiscard]] bool complete() const;
  /// chrtIDs of a listing.
  [[nodiscard]] std::vector<std::int64_t> offers_of(std::int64_t nm_id) const;
  /// 0: not known.
  [[nodiscard]] std::int64_t find(std::int64_t nm_id, const std::string& barcode) const;

 private:
  mutable std::mutex mutex_;
  bool complete_ = false;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> known_;
};

/// Orders the report, or takes up the one ordered before, waits for it, and gives it to the sink, with the time at
/// which it was ordered: that is the time it speaks about. Warehouses have no id here: their key is "name:" and the
/// exact name. The three rows that are no warehouses are left out, so that transit stays unknown. A listing with units
/// under a barcode that no card has is left as it was known, and named in a note; so is an offer of which a row cannot
/// be read. Errc::vendor_throttled with a wait when the report is not ready in time: the next call asks for the same
/// one.
[[nodiscard]] Result<void> fetch_remains(const Calls& calls, const Barcodes& barcodes, StockSink& sink,
                                         const CallContext& context);

/// Pure: the downloaded report.
[[nodiscard]] Result<StockColumns> decode_remains(std::string_view body, const Barcodes& barcodes, std::string& note,
                                                  AnswerSink& sink);

}  // namespace stocktracker::inline v0::wildberries
