// Counts the pages that each source of a run would have.
#include "sync/plan.hpp"

#include <algorithm>

#include <stocktracker/marketplace/offer.hpp>

namespace stocktracker::inline v0 {
namespace sync_run {
namespace {

// Catalogues are paged by cards: the offers of one listing come together. 0: OfferState::listed.
constexpr Statement kOffers{
    "offer.counts",
    "SELECT count(*), count(DISTINCT CASE WHEN listing <> '' THEN listing ELSE offer_key END) FROM offer "
    "WHERE account_id = $1 AND state = 0"};
static_assert(static_cast<int>(OfferState::listed) == 0);
// 0: FetchKind::fbo.
constexpr Statement kPositions{"level.counts",
                               "SELECT count(*), coalesce(sum(CASE WHEN l.on_hand > 0 THEN 1 ELSE 0 END), 0), "
                               "count(DISTINCT l.offer_id) "
                               "FROM source s JOIN level l ON l.source_id = s.source_id "
                               "WHERE s.account_id = $1 AND s.kind = 0"};
static_assert(static_cast<int>(FetchKind::fbo) == 0);

Result<void> read_numbers(Transaction& tx, const Statement& statement, const std::string& account,
                          std::initializer_list<std::int64_t*> into) {
  STK_TRY(auto rows, tx.query(statement, {account}));
  STK_TRY(const bool any, rows->next());
  int column = 0;
  for (std::int64_t* one : into) *one = any ? rows->integer(column++) : 0;
  return success();
}

class Planner {
 public:
  Planner(const Capabilities& can, const RequestCounts* counts, const KnownCounts& known, Instant now)
      : can_(can), counts_(counts), known_(known), now_(now) {}

  void stock() {
    add("catalogue", ListedSource::catalogue);
    add("warehouses", ListedSource::warehouses);
    add("fbo", ListedSource::fbo);
    for (const SourceRow& source : known_.sources) {
      if (source.kind == FetchKind::fbs && source.state != SourceState::gone) add(source.name, ListedSource::fbs);
    }
  }
  void orders() { add("orders", ListedSource::orders); }
  void prices() { add("prices", ListedSource::prices); }
  std::vector<PlannedSource> take() { return std::move(sources_); }

 private:
  /// A list ends with a page that is not full.
  static RequestCount listed(std::int64_t rows, int per_page) {
    if (per_page <= 0) return {1, true};
    return {rows / per_page + 1, false};
  }
  /// By the sizes of pages in the capabilities, for connectors that do not count themselves.
  [[nodiscard]] RequestCount estimated(ListedSource source) const {
    switch (source) {
      case ListedSource::catalogue:
        return listed(known_.listings, can_.offers_per_page);
      case ListedSource::fbo:
        return listed(can_.fbo_absent == Absent::zero ? known_.in_stock : known_.positions, can_.stock_rows_per_page);
      case ListedSource::fbs:
        if (can_.offers_per_fbs_request <= 0) break;
        return {pages_of(known_.offers, can_.offers_per_fbs_request), false};
      case ListedSource::warehouses:
      case ListedSource::orders:
      case ListedSource::prices:  // no capability names the size of these pages
        break;
    }
    return {1, true};
  }

  void add(const std::string& name, ListedSource kind) {
    const RequestCount count = counts_ != nullptr ? counts_->requests_of(kind, known_) : estimated(kind);
    const auto found = std::find_if(known_.sources.begin(), known_.sources.end(),
                                    [&](const SourceRow& source) { return source.name == name; });
    const bool read_before = found != known_.sources.end() && found->observed_at.has_value();
    PlannedSource source{name, count.requests, count.at_least || !read_before, {}};
    if (found != known_.sources.end() && found->state == SourceState::throttled && found->retry_at &&
        *found->retry_at > now_) {
      source.not_before = found->retry_at;
    }
    sources_.push_back(std::move(source));
  }

  const Capabilities& can_;
  const RequestCounts* const counts_;
  const KnownCounts& known_;
  const Instant now_;
  std::vector<PlannedSource> sources_;
};

}  // namespace

Result<KnownCounts> read_counts(Transaction& tx, const AccountId& account) {
  KnownCounts known;
  const std::string id = account.text();
  STK_TRY(read_numbers(tx, kOffers, id, {&known.offers, &known.listings}));
  STK_TRY(read_numbers(tx, kPositions, id, {&known.positions, &known.in_stock, &known.fbo_offers}));
  STK_TRY(known.sources, read_sources(tx, account));
  return known;
}

std::vector<PlannedSource> plan_sources(const Capabilities& can, const RequestCounts* counts, const KnownCounts& known,
                                        const SyncOptions& options, Instant now) {
  Planner planner(can, counts, known, now);
  if (options.stock) planner.stock();
  if (options.orders && can.orders) planner.orders();
  if (options.prices && can.prices) planner.prices();
  return planner.take();
}

}  // namespace sync_run

std::int64_t SyncPlan::requests() const noexcept {
  std::int64_t sum = 0;
  for (const PlannedSource& source : sources) sum += source.requests;
  return sum;
}

bool SyncPlan::at_least() const noexcept {
  return std::any_of(sources.begin(), sources.end(), [](const PlannedSource& source) { return source.at_least; });
}

}  // namespace stocktracker::inline v0
