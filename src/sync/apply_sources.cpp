// Applies each source of a run inside the run's transaction.
#include "sync/apply_sources.hpp"

#include <algorithm>
#include <charconv>

#include <stocktracker/core/time_text.hpp>

#include "inventory/catalogue_apply.hpp"
#include "inventory/order_apply.hpp"
#include "inventory/price_apply.hpp"
#include "inventory/stock_apply.hpp"
#include "marketplace/account_records.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

// An entry with a future time of observation was written by a clock that was ahead.
constexpr Statement kSetBack{"ledger.set_back",
                             "UPDATE ledger SET observed_at = $2 WHERE observed_at > $2 AND warehouse_id IN "
                             "(SELECT warehouse_id FROM warehouse WHERE source_id = $1)"};

/// A digest and the number of rows it was computed from, as stored with the source.
std::string stored_digest(const std::string& digest, std::int64_t rows) { return digest + "/" + std::to_string(rows); }

std::optional<std::int64_t> rows_if_same(const std::string& stored, const std::string& digest) {
  if (digest.empty() || !stored.starts_with(digest + "/")) return std::nullopt;
  std::int64_t rows = 0;
  const char* end = stored.data() + stored.size();
  if (std::from_chars(stored.data() + digest.size() + 1, end, rows).ptr != end) return std::nullopt;
  return rows;
}

/// The subjects of rows that were left out; an empty text if a row did not name its subject.
std::vector<std::string> odd_of(const Fetched& fetched) {
  std::vector<std::string> keys = fetched.odd.keys();
  if (fetched.odd.anonymous()) keys.emplace_back();
  return keys;
}

bool is_stock_level(FetchKind kind) noexcept { return kind == FetchKind::fbo || kind == FetchKind::fbs; }

std::string kept_note(const Fetched& fetched) {
  std::string note = "kept " + std::to_string(fetched.orders.size()) +
                     (fetched.orders.size() == 1 ? " line" : " lines") + " that came before";
  Instant until{};
  for (const OrderCoverage& period : fetched.complete) until = std::max(until, period.until);
  if (!fetched.complete.empty()) note += "; complete until " + to_rfc3339(until);
  return note;
}

}  // namespace

Result<void> ApplySources::load() {
  STK_TRY(known_, read_sources(tx_, run_.account));
  for (const SourceOutcome& outcome : run_.sources) {
    const auto same = [&](const SourceRow& row) { return row.name == outcome.name; };
    if (std::none_of(known_.begin(), known_.end(), same)) {
      known_.push_back({});
      known_.back().name = outcome.name;
    }
  }
  return number_sources(tx_, known_);
}

Result<void> ApplySources::apply_all() {
  STK_TRY(load());
  const MassZeroGuard& guard = input_.options.mass_zero;
  const std::vector<SourceOutcome> fetched = run_.sources;
  const auto first = [&]() -> Result<Transaction::Keep> {
    run_.sources = fetched;
    STK_TRY(apply_each(false));
    if (input_.options.accept_mass_zero) return Transaction::Keep::yes;
    STK_TRY(auto why, judge_account(tx_, guard, run_.account, input_.run_no, zeroes_, now_));
    if (!why) return Transaction::Keep::yes;
    why_held_ = std::move(*why);
    return Transaction::Keep::no;
  };
  why_held_.clear();
  STK_TRY(tx_.savepoint(first));
  if (why_held_.empty()) return success();
  run_.sources = fetched;
  return apply_each(true);
}

Result<void> ApplySources::apply_each(bool hold_zeroing) {
  hold_zeroing_ = hold_zeroing;
  sources_ = known_;
  zeroes_ = {};
  ledger_entries_ = 0;
  product_changes_ = {};
  index_.reset();  // its additions may have been rolled back
  for (std::size_t slot = 0; slot < run_.sources.size(); ++slot) {
    SourceRow& row = *row_of(run_.sources[slot].name);
    row.kind = input_.machine.kinds[slot];
    STK_TRY(apply(slot, row));
  }
  return success();
}

Result<void> ApplySources::write_sources() {
  for (const SourceOutcome& outcome : run_.sources) {
    STK_TRY(write_source(tx_, run_.account, *row_of(outcome.name)));
  }
  return success();
}

SourceRow* ApplySources::row_of(const std::string& name) {
  const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const SourceRow& r) { return r.name == name; });
  return found == sources_.end() ? nullptr : &*found;
}

Result<inventory::OfferIndex*> ApplySources::index() {
  if (!index_) {
    STK_TRY(index_, inventory::load_offer_index(tx_, run_.account, input_.capabilities.numeric_offer_keys));
  }
  return &*index_;
}

Result<std::optional<Instant>> ApplySources::believed(const SourceRow& row, Instant observed_at) {
  if (!row.observed_at || *row.observed_at <= std::max(now_, input_.present)) return row.observed_at;
  const Instant present = std::min(input_.present, observed_at);
  STK_TRY(tx_.execute(kSetBack, {row.id, present.micros()}));
  return std::optional(present);
}

void ApplySources::fail(std::size_t slot, SourceRow& row, Error error) {
  SourceOutcome& outcome = run_.sources[slot];
  outcome.state = row.state = state_of(error);
  row.error = reason_of(error);
  outcome.error = std::move(error);
  outcome.observed_at.reset();
}

/// A warehouse that the channel no longer lists. Its positions leave the totals as if they had become 0, so the guard
/// counts them.
Result<void> ApplySources::leave(std::size_t slot, SourceRow& row) {
  SourceOutcome& outcome = run_.sources[slot];
  STK_TRY(const std::int64_t positive, positive_positions(tx_, row.id));
  STK_TRY(const std::int64_t moved, positions_found_again(tx_, row.id, input_.run_no));
  zeroes_.zeroed += positive - moved;
  zeroes_.left += positive - moved;
  zeroes_.positive_before += positive;
  zeroes_.applied_sources.push_back(row.id);
  const bool held = hold_zeroing_ && positive > moved;
  if (held) outcome.note = why_held_;
  outcome.state = row.state = held ? SourceState::stale : SourceState::gone;
  outcome.disposition = row.disposition = held ? Disposition::held : Disposition::applied;
  outcome.changes.zeroed = held ? 0 : positive - moved;
  row.error = held ? outcome.note : std::string();
  return success();
}

Result<void> ApplySources::apply(std::size_t slot, SourceRow& row) {
  SourceOutcome& outcome = run_.sources[slot];
  static const Fetched kNothing;  // for sources that were never requested
  const Fetched& fetched = input_.fetched.size() > slot ? input_.fetched[slot] : kNothing;
  if (outcome.state == SourceState::gone) return leave(slot, row);
  row.state = outcome.state;
  row.retry_at = outcome.retry_at;
  row.error = outcome.error ? reason_of(*outcome.error) : std::string();
  if (outcome.state != SourceState::ok) {
    outcome.note = fetched.odd.note();
    return row.kind == FetchKind::orders ? keep_orders(slot) : Result<void>(success());
  }
  outcome.note = joined_notes(fetched.odd.note(), fetched.note);
  if (row.kind == FetchKind::warehouses) {
    row.disposition = Disposition::applied;
    row.observed_at = outcome.observed_at;
    return success();
  }
  STK_TRY(row.observed_at, believed(row, *outcome.observed_at));
  const auto unchanged = rows_if_same(row.digest, fetched.digest);
  Applied applied;
  if (unchanged && row.observed_at && *outcome.observed_at >= *row.observed_at) {
    applied.changes.unchanged = *unchanged;
    if (is_stock_level(row.kind)) row.absent = silence_of(slot, row);
  } else {
    auto result = apply_answer(slot, row);
    if (!result) {
      // An answer that contradicts itself fails its own source only.
      if (result.error().kind() != ErrorKind::protocol) return std::move(result).error();
      index_.reset();
      fail(slot, row, std::move(result).error());
      return success();
    }
    applied = std::move(result).value();
  }
  outcome.changes = applied.changes;
  if (applied.too_old) {
    fail(slot, row,
         Error(Errc::observation_too_old,
               "the answer is older than the stored data, and was not applied; is the clock behind?"));
    outcome.state = row.state = SourceState::stale;
    return success();
  }
  outcome.note = joined_notes(std::move(applied.note), outcome.note);
  if (applied.held) {
    outcome.disposition = row.disposition = Disposition::held;
    row.error = outcome.note;
    return success();
  }
  outcome.disposition = row.disposition = Disposition::applied;
  row.observed_at = outcome.observed_at;
  const SourceChanges& changes = applied.changes;
  row.digest = stored_digest(fetched.digest, changes.added + changes.changed + changes.kept + changes.unchanged);
  return success();
}

Result<ApplySources::Applied> ApplySources::apply_answer(std::size_t slot, SourceRow& row) {
  switch (row.kind) {
    case FetchKind::catalogue:
      return apply_catalogue(slot, row);
    case FetchKind::orders:
      return apply_orders(slot);
    case FetchKind::prices:
      return apply_prices(slot);
    case FetchKind::fbo:
    case FetchKind::fbs:
    case FetchKind::warehouses:
      break;
  }
  return apply_stock(slot, row);
}

Result<ApplySources::Applied> ApplySources::apply_catalogue(std::size_t slot, const SourceRow& row) {
  STK_TRY(auto* offers, index());
  const Fetched& fetched = input_.fetched[slot];
  const std::vector<std::string> odd = fetched.odd.keys();
  inventory::CatalogueAnswer answer;
  answer.account = run_.account;
  answer.catalogue = &fetched.catalogue;
  answer.first_load = !row.observed_at;
  answer.odd = odd;
  answer.silence_means_nothing = fetched.odd.anonymous();
  answer.guard = input_.options.mass_zero;
  answer.accept_mass_zero = input_.options.accept_mass_zero;
  inventory::CatalogueApplied applied;
  std::optional<std::string> why;
  const auto body = [&]() -> Result<Transaction::Keep> {
    STK_TRY(applied, inventory::apply_catalogue(tx_, answer, *offers));
    if (applied.held || answer.first_load || answer.accept_mass_zero) return Transaction::Keep::yes;
    STK_TRY(why, judge_catalogue(tx_, answer.guard, run_.account, input_.run_no, applied.changes.zeroed,
                                 applied.listed_before, now_));
    return why ? Transaction::Keep::no : Transaction::Keep::yes;
  };
  STK_TRY(tx_.savepoint(body));
  if (why) {
    index_.reset();  // its additions were rolled back
    return Applied{true, false, applied.changes, std::move(*why)};
  }
  product_changes_.add(applied.products);
  return Applied{applied.held, false, applied.changes, std::move(applied.note)};
}

Result<ApplySources::Applied> ApplySources::apply_stock(std::size_t slot, SourceRow& row) {
  STK_TRY(auto* offers, index());
  const Fetched& fetched = input_.fetched[slot];
  const Capabilities& can = input_.capabilities;
  const std::vector<std::string> odd = fetched.odd.keys();
  const bool fbs = row.kind == FetchKind::fbs;
  inventory::StockAnswer answer;
  answer.account = run_.account;
  answer.source_id = row.id;
  answer.columns = &fetched.columns;
  answer.absent = fbs ? can.fbs_absent : can.fbo_absent;
  if (fbs) answer.asked = std::span<const std::string>(input_.asked);
  if (!fbs && can.fbo_by_offers) answer.asked = std::span<const std::string>(input_.asked_fbo);
  answer.odd = odd;
  answer.silence_means_nothing = fetched.odd.anonymous();
  answer.observed_at = *run_.sources[slot].observed_at;
  answer.recorded_at = now_;
  answer.run_no = input_.run_no;
  answer.last_observed_at = row.observed_at;
  answer.guard = input_.options.mass_zero;
  answer.accept_mass_zero = input_.options.accept_mass_zero;
  answer.hold_if_zeroing = hold_zeroing_;
  STK_TRY(auto applied, inventory::apply_stock(tx_, answer, *offers));
  if (applied.held && applied.note.empty()) applied.note = why_held_;
  if (!applied.held) ledger_entries_ += applied.entries;
  inventory::ProductChanges added;
  for (const std::int64_t offer : applied.added_offers) added.offers.push_back({offer});
  product_changes_.add(added);
  if (!applied.too_old) {
    zeroes_.applied_sources.push_back(row.id);
    zeroes_.positive_before += applied.positive_before;
    if (!applied.held && row.observed_at) zeroes_.zeroed += applied.changes.zeroed;
    if (!applied.held) row.absent = silence_of(slot, row);
  }
  return Applied{applied.held, applied.too_old, applied.changes, std::move(applied.note)};
}

/// What the absence of a position means for an offer: nothing, if a row could not be read, or if offers are requested
/// by name and not all of them were named.
Absent ApplySources::silence_of(std::size_t slot, const SourceRow& row) const {
  const Capabilities& can = input_.capabilities;
  const bool fbo = row.kind == FetchKind::fbo;
  const Absent absent = fbo ? can.fbo_absent : can.fbs_absent;
  if (input_.fetched[slot].odd.skipped() != 0) return Absent::unknown;
  if (fbo && !can.fbo_by_offers) return absent;
  const SourceOutcome& catalogue = run_.sources[kCatalogueSlot];
  const bool all_asked =
      catalogue.state == SourceState::ok && catalogue.skipped == 0 && catalogue.disposition != Disposition::held;
  return all_asked ? absent : Absent::unknown;
}

Result<inventory::OrderApplied> ApplySources::store_orders(std::size_t slot, bool complete) {
  const Fetched& fetched = input_.fetched[slot];
  const Capabilities& can = input_.capabilities;
  inventory::OrderAnswer answer;
  answer.account = run_.account;
  answer.lines = &fetched.orders;
  if (complete) answer.coverage = fetched.coverage;
  answer.recorded_at = now_;
  answer.complete = fetched.complete;
  answer.since = fetched.since;
  answer.by_period = can.orders_by_period;
  answer.complete_orders = can.orders_complete;
  answer.changes_timed = can.order_changes_timed;
  answer.odd_orders = odd_of(fetched);
  answer.emptied = fetched.emptied;
  answer.guard = input_.options.mass_zero;
  answer.accept_mass_zero = input_.options.accept_mass_zero;
  STK_TRY(auto applied, inventory::apply_orders(tx_, answer));
  if (applied.held) return applied;
  for (const auto& [name, value] : input_.order_places) {
    STK_TRY(write_memory(tx_, run_.account.text(), name, value));
  }
  return applied;
}

Result<ApplySources::Applied> ApplySources::apply_orders(std::size_t slot) {
  STK_TRY(auto applied, store_orders(slot, true));
  return Applied{applied.held, false, applied.changes, std::move(applied.note)};
}

/// Orders that came before the failure are valid, and so are the periods that were read completely.
Result<void> ApplySources::keep_orders(std::size_t slot) {
  const Fetched& fetched = input_.fetched[slot];
  if (fetched.orders.empty() && fetched.complete.empty()) return success();
  STK_TRY(auto applied, store_orders(slot, false));
  SourceOutcome& outcome = run_.sources[slot];
  outcome.changes = applied.changes;
  outcome.note = joined_notes(std::move(applied.note), outcome.note);
  if (!applied.held) outcome.note = joined_notes(kept_note(fetched), outcome.note);
  return success();
}

Result<ApplySources::Applied> ApplySources::apply_prices(std::size_t slot) {
  const Fetched& fetched = input_.fetched[slot];
  inventory::PriceAnswer answer;
  answer.account = run_.account;
  answer.prices = &fetched.prices;
  answer.recorded_at = now_;
  answer.odd_offers = odd_of(fetched);
  answer.guard = input_.options.mass_zero;
  answer.accept_mass_zero = input_.options.accept_mass_zero;
  STK_TRY(auto applied, inventory::apply_prices(tx_, answer));
  return Applied{applied.held, false, applied.changes, std::move(applied.note)};
}

}  // namespace stocktracker::inline v0::sync_run
