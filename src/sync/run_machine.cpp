// Decides what a run fetches next. Pure: it does nothing itself.
#include "sync/run_machine.hpp"

#include <algorithm>

namespace stocktracker::inline v0::sync_run {
namespace {

std::size_t add_slot(State& state, FetchKind kind, std::string name) {
  SourceOutcome outcome;
  outcome.name = std::move(name);
  state.outcomes.push_back(std::move(outcome));
  state.kinds.push_back(kind);
  return state.outcomes.size() - 1;
}

Effects end(State& state) {
  state.phase = Phase::ended;
  Effects effects;
  effects.abandon = state.cancelled;
  effects.commit = !state.cancelled;
  return effects;
}

Effects fetch_rest(State& state);

Effects fetch_account(State& state) {
  if (!state.stock) return fetch_rest(state);
  Effects effects;
  effects.fetch.push_back({FetchKind::catalogue, add_slot(state, FetchKind::catalogue, "catalogue")});
  effects.fetch.push_back({FetchKind::warehouses, add_slot(state, FetchKind::warehouses, "warehouses")});
  const std::size_t fbo = add_slot(state, FetchKind::fbo, "fbo");
  if (!state.fbo_waits) effects.fetch.push_back({FetchKind::fbo, fbo});
  state.phase = Phase::fetching_account;
  state.pending = effects.fetch.size();
  return effects;
}

/// Marks sources that were not requested because what they depend on was not read. They take the code and the wait of
/// the cause, so that a run has one reason and one advice for both.
void make_stale(SourceOutcome& outcome, const char* why, const std::optional<Error>& cause) {
  outcome.state = SourceState::stale;
  Error error(cause ? cause->errc() : Errc::vendor_unavailable, why);
  if (cause && cause->details().retry_after) error = std::move(error).retry_after(*cause->details().retry_after);
  if (cause) error = std::move(error).because(*cause);
  outcome.error = std::move(error);
}

/// Marks known seller warehouses that are not in a complete list: their positions leave the totals.
void add_gone(State& state) {
  // The missing warehouse may be the one that could not be read.
  const bool list_complete = state.outcomes[kWarehousesSlot].skipped == 0;
  for (const std::string& name : state.known_sellers) {
    const auto listed = [&](const SellerWarehouse& seller) { return seller_source_name(seller.key) == name; };
    if (std::any_of(state.sellers.begin(), state.sellers.end(), listed)) continue;
    SourceOutcome& outcome = state.outcomes[add_slot(state, FetchKind::fbs, name)];
    if (!list_complete) {
      make_stale(outcome, "the list of seller warehouses was not read completely", {});
      continue;
    }
    outcome.state = SourceState::gone;
    outcome.note = "the channel does not list this warehouse any more";
  }
}

/// Each seller warehouse is its own source. If the list of them was not read, the known ones are stale.
void add_sellers(State& state, Effects& effects) {
  const SourceOutcome& list = state.outcomes[kWarehousesSlot];
  if (list.state != SourceState::ok) {
    const std::optional<Error> cause = list.error;
    for (const std::string& name : state.known_sellers) {
      make_stale(state.outcomes[add_slot(state, FetchKind::fbs, name)], "the list of seller warehouses was not read",
                 cause);
    }
    return;
  }
  for (const SellerWarehouse& seller : state.sellers) {
    const std::size_t slot = add_slot(state, FetchKind::fbs, seller_source_name(seller.key));
    effects.fetch.push_back({FetchKind::fbs, slot, seller.key, seller.name});
  }
  add_gone(state);
}

void add_stock(State& state, Effects& effects) {
  if (state.fbo_waits) {
    if (state.outcomes[kCatalogueSlot].state == SourceState::ok) {
      effects.fetch.push_back({FetchKind::fbo, kFboSlot});
    } else {
      make_stale(state.outcomes[kFboSlot], "the catalogue was not read", state.outcomes[kCatalogueSlot].error);
    }
  }
  add_sellers(state, effects);
}

/// Stock before prices, prices before orders: the order in which they are started if they cannot run at once.
Effects fetch_rest(State& state) {
  Effects effects;
  if (state.stock) add_stock(state, effects);
  if (state.prices) effects.fetch.push_back({FetchKind::prices, add_slot(state, FetchKind::prices, "prices")});
  if (state.orders) effects.fetch.push_back({FetchKind::orders, add_slot(state, FetchKind::orders, "orders")});
  if (effects.fetch.empty()) return end(state);
  state.phase = Phase::fetching_rest;
  state.pending = effects.fetch.size();
  return effects;
}

void settle(State& state, const FetchEnded& ended, Instant now) {
  SourceOutcome& outcome = state.outcomes[ended.slot];
  outcome.rows = ended.rows;
  outcome.skipped = ended.skipped;
  if (!ended.error) {
    outcome.state = SourceState::ok;
    outcome.observed_at = ended.about ? std::min(*ended.about, ended.asked_at) : ended.asked_at;
    if (state.kinds[ended.slot] == FetchKind::warehouses) {
      state.sellers = ended.sellers;
      outcome.disposition = Disposition::applied;  // a list of sources: there are no levels to write
    }
    return;
  }
  outcome.rows = 0;
  outcome.error = ended.error;
  outcome.state =
      ended.not_asked && ended.error->kind() == ErrorKind::timeout ? SourceState::stale : state_of(*ended.error);
  if (ended.error->kind() == ErrorKind::cancelled) state.cancelled = true;
  if (outcome.state == SourceState::throttled && ended.error->details().retry_after) {
    outcome.retry_at = now + std::clamp(*ended.error->details().retry_after, Duration::zero(), kMostSourceWait);
  }
}

}  // namespace

std::string seller_source_name(std::string_view warehouse_key) { return "fbs:" + std::string(warehouse_key); }

Effects step(State& state, const Event& event, Instant now) {
  if (const auto* leased = std::get_if<Leased>(&event)) {
    if (state.phase != Phase::leasing) return {};
    state.known_sellers = leased->known_sellers;
    state.fbo_waits = leased->fbo_after_catalogue;
    state.stock = leased->stock;
    state.orders = leased->orders;
    state.prices = leased->prices;
    return fetch_account(state);
  }
  const auto& ended = std::get<FetchEnded>(event);
  if (state.pending == 0 || ended.slot >= state.outcomes.size()) return {};
  settle(state, ended, now);
  if (--state.pending != 0) return {};
  if (state.phase == Phase::fetching_account && !state.cancelled) return fetch_rest(state);
  return end(state);
}

}  // namespace stocktracker::inline v0::sync_run
