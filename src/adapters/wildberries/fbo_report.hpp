/// @file
/// The report on stock in the marketplace's warehouses, read whole.
#pragma once

#include "adapters/wildberries/calls.hpp"

namespace stocktracker::inline v0::wildberries {

/// Offset paging over a report that is rebuilt every half hour can skip or repeat rows, and a server may give fewer
/// rows a page than it was asked for. An answer counts as whole when an empty page ended it, or when one page held no
/// fewer rows than the last whole answer; pages count together when no rebuild fell between them and none repeats the
/// other's rows. Otherwise it is read again, three times in all.
[[nodiscard]] Result<void> fetch_fbo_report(const Calls& calls, StockSink& sink, const CallContext& context);

/// Whether this account has read it before.
[[nodiscard]] Result<bool> fbo_report_worked(const Calls& calls, const CallContext& context);

}  // namespace stocktracker::inline v0::wildberries
