/// Reads the complete report on stock in the marketplace's warehouses.
#pragma once

#include "adapters/wildberries/calls.hpp"

namespace stocktracker::inline v0::wildberries {

/// The report is rebuilt every half hour, so paging by offset can skip or repeat rows, and a server may return fewer
/// rows per page than requested. An answer counts as complete if an empty page ended it, or if one page had no fewer
/// rows than the last complete answer. Pages count together if no rebuild fell between them and none repeats rows of
/// another. Otherwise the report is read again, three times in all.
[[nodiscard]] Result<void> fetch_fbo_report(const Calls& calls, StockSink& sink, const CallContext& context);

/// True if this account has read it before.
[[nodiscard]] Result<bool> fbo_report_worked(const Calls& calls, const CallContext& context);

}  // namespace stocktracker::inline v0::wildberries
