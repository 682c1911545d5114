// SourceFetcher: waits for a source, asks the connector, and keeps what came if it can be used.
#include "sync/source_fetcher.hpp"

#include <algorithm>

#include "inventory/price_apply.hpp"
#include "inventory/snapshot.hpp"
#include "sync/collectors.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

constexpr auto kOrdersOverlap = std::chrono::hours(1);
constexpr auto kClocksDiffer = std::chrono::hours(24);

/// True if rows that came before this error are valid. After a contradiction, or an answer that cannot be read, none
/// are.
bool keeps_what_came(const Error& error) noexcept {
  switch (error.kind()) {
    case ErrorKind::timeout:
    case ErrorKind::rate_limited:
    case ErrorKind::unavailable:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<void> SourceFetcher::wait_out(const std::string& source, const CallContext& context) {
  const auto found = known_.waits.find(source);
  const Instant now = ports_.clock->now();
  if (found == known_.waits.end() || found->second <= now) return success();
  const Instant at = found->second;
  if (at - now > max_wait_ || at >= context.deadline) {
    return Error(Errc::quota_reached, "a wait from an earlier run is not over; not asked")
        .retry_after(at - now)
        .may_retry();
  }
  return ports_.clock->wait_until(at, context.stop);
}

Result<void> SourceFetcher::fetch(const Fetch& fetch, const std::string& source, const CallContext& context,
                                  Fetched& into, FetchEnded& ended) {
  if (auto may = context.check(ports_.clock->now()); !may) {
    ended.not_asked = true;
    if (may.error().errc() != Errc::deadline_exceeded) return may;
    return Error(Errc::deadline_exceeded, "the run's time ended before this source was asked");
  }
  STK_TRY(wait_out(source, context));
  const Instant asked_at = ports_.clock->now();
  ended.asked_at = asked_at;
  auto result = fetch_kind(fetch, source, context, into, ended);
  ended.asked_at = transport_.real(asked_at);
  if (!result) result = own_end(std::move(result).error(), context);
  if (!result && result.error().errc() == Errc::deadline_exceeded && result.error().message().empty()) {
    ErrorDetails details = result.error().details();
    details.message = "the time for this source ran out";
    return Error(Errc::deadline_exceeded, std::move(details));
  }
  return result;
}

Error SourceFetcher::own_end(Error error, const CallContext& context) const {
  const bool cancelled = error.kind() == ErrorKind::cancelled && !context.stop.stop_requested();
  if (cancelled && ports_.clock->now() >= context.deadline) return Errc::deadline_exceeded;
  // Only the caller's stop and the lease end a run; the connector may have stopped work of its own.
  if (cancelled) return Error(Errc::internal, "the connector ended as cancelled, and nobody has cancelled it");
  if (error.errc() == Errc::lease_lost && !lease_.lost()) {
    return Error(Errc::internal, "the connector ended with a lost lease, and the run has not lost it");
  }
  return error;
}

Result<void> SourceFetcher::fetch_kind(const Fetch& fetch, const std::string& source, const CallContext& context,
                                       Fetched& into, FetchEnded& ended) {
  switch (fetch.kind) {
    case FetchKind::catalogue:
      return fetch_catalogue(context, into, ended);
    case FetchKind::warehouses:
      return fetch_warehouses(context, into, ended);
    case FetchKind::orders:
      return fetch_orders(context, into, ended);
    case FetchKind::prices:
      return fetch_prices(context, into, ended);
    case FetchKind::fbo: {
      StockQuery query{StockKind::fbo};
      if (connector_.capabilities().fbo_by_offers) query.offers = known_.asked_fbo;
      return fetch_stock(query, source, context, into, ended);
    }
    case FetchKind::fbs:
      return fetch_stock({StockKind::fbs, fetch.warehouse, fetch.warehouse_name, known_.asked}, source, context, into,
                         ended);
  }
  return Errc::internal;
}

Result<void> SourceFetcher::settle(const OddRows& odd, std::size_t rows, Fetched& into, FetchEnded& ended) {
  ended.rows = rows + odd.skipped();
  ended.skipped = odd.skipped();
  into.odd = odd;
  // An answer with left-out rows is never treated as equal to another answer.
  if (odd.skipped() != 0) into.digest.clear();
  return odd.check(rows);
}

Result<void> SourceFetcher::fetch_catalogue(const CallContext& context, Fetched& into, FetchEnded& ended) {
  CatalogueCollector sink(lease_, context, connector_.capabilities().numeric_offer_keys);
  STK_TRY(connector_.list_offers(sink, context));
  STK_TRY(sink.accepted());
  into.catalogue = std::move(sink.catalogue);
  into.digest = into.catalogue.digest();
  return settle(sink.odd, into.catalogue.size(), into, ended);
}

Result<void> SourceFetcher::fetch_warehouses(const CallContext& context, Fetched& into, FetchEnded& ended) {
  WarehouseCollector sink(lease_, context);
  STK_TRY(connector_.list_warehouses(sink, context));
  STK_TRY(sink.accepted());
  STK_TRY(settle(sink.odd, sink.sellers.size(), into, ended));
  ended.sellers = std::move(sink.sellers);
  return success();
}

Result<void> SourceFetcher::fetch_orders(const CallContext& context, Fetched& into, FetchEnded& ended) {
  OrderCollector sink(lease_, account_, present() + kClocksDiffer, context);
  into.since = orders_since();
  auto covered = connector_.fetch_orders({*into.since, !known_.coverage}, sink, context);
  STK_TRY(sink.accepted());
  if (!covered) covered = own_end(std::move(covered).error(), context);
  if (!covered && !keeps_what_came(covered.error())) return std::move(covered).error();
  // After a contradiction nothing is kept: neither lines, nor periods that the lines would be missing from.
  STK_TRY(settle(sink.odd, sink.order_lines.size(), into, ended));
  into.orders = std::move(sink.order_lines);
  into.complete = std::move(sink.complete);
  for (OrderCoverage& period : into.complete) period.until = std::min(period.until, present());
  into.emptied = std::move(sink.emptied_orders);
  if (!covered) return std::move(covered).error();  // what came before the failure is kept
  into.coverage = covered.value();
  into.coverage.until = std::min(into.coverage.until, present());
  return success();
}

Result<void> SourceFetcher::fetch_prices(const CallContext& context, Fetched& into, FetchEnded& ended) {
  PriceCollector sink(lease_, account_, context);
  STK_TRY(connector_.fetch_prices(sink, context));
  STK_TRY(sink.accepted());
  into.prices = std::move(sink.offer_prices);
  into.digest = inventory::digest_of(into.prices, {});
  return settle(sink.odd, into.prices.size(), into, ended);
}

Result<void> SourceFetcher::fetch_stock(const StockQuery& query, const std::string& source, const CallContext& context,
                                        Fetched& into, FetchEnded& ended) {
  StockCollector sink(lease_, context, source, connector_.capabilities().numeric_offer_keys,
                      query.kind == StockKind::fbs ? std::optional(query.warehouse) : std::nullopt);
  STK_TRY(connector_.fetch_stock(query, sink, context));
  STK_TRY(sink.accepted());
  into.columns = std::move(sink.columns);
  into.note = std::move(sink.note_text);
  into.digest = inventory::digest_of(into.columns, query.offers);
  ended.about = sink.about;
  return settle(sink.odd, into.columns.rows(), into, ended);
}

Instant SourceFetcher::orders_since() const {
  const Instant now = ports_.clock->now();
  const Duration kept = connector_.capabilities().orders_kept;
  Instant since = known_.coverage ? std::min(known_.coverage->until, now) - kOrdersOverlap : now - options_.orders_back;
  if (kept > Duration::zero()) since = std::max(since, now - kept);
  return since;
}

}  // namespace stocktracker::inline v0::sync_run
