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
                               "SELECT count(*), coalesce(sum(CASE WHEN l.on_hand > 0 THEN 1 ELSE 0 END), 0) "
                               "FROM source s JOIN level l ON l.source_id = s.source_id "
                               "WHERE s.account_id = $1 AND s.kind = 0"};
static_assert(static_cast<int>(FetchKind::fbo) == 0);

Result<void> read_two(Transaction& tx, const Statement& statement, const std::string& account, std::int64_t& first,
                      std::int64_t& second) {
  STK_TRY(auto rows, tx.query(statement, {account}));
  STK_TRY(const bool any, rows->next());
  first = any ? rows->integer(0) : 0;
  second = any ? rows->integer(1) : 0;
  return success();
}

class Planner {
 public:
  Planner(const Capabilities& can, const KnownCounts& known, Instant now) : can_(can), known_(known), now_(now) {}

  void stock() {
    add("catalogue", listed(known_.listings, can_.offers_per_page));
    add("warehouses", {1, true});
    const bool zero = can_.fbo_absent == Absent::zero;
    add("fbo", listed(zero ? known_.in_stock : known_.positions, can_.stock_rows_per_page));
    for (const SourceRow& source : known_.sources) {
      if (source.kind != FetchKind::fbs || source.state == SourceState::gone) continue;
      add(source.name, asked(known_.offers, can_.offers_per_fbs_request));
    }
  }
  void orders() { add("orders", {1, true}); }
  void prices() {
    const Pages pages = listed(known_.listings, can_.offers_per_page);
    add("prices", {pages.requests, true});  // no capability names the size of these pages
  }
  std::vector<PlannedSource> take() { return std::move(sources_); }

 private:
  struct Pages {
    std::int64_t requests = 1;
    bool at_least = false;
  };

  /// A list ends with a page that is not full.
  static Pages listed(std::int64_t rows, int per_page) {
    if (per_page <= 0) return {1, true};
    return {rows / per_page + 1, false};
  }
  /// Offers are asked for in batches.
  static Pages asked(std::int64_t offers, int per_request) {
    if (per_request <= 0) return {1, true};
    return {std::max<std::int64_t>(1, (offers + per_request - 1) / per_request), false};
  }

  void add(const std::string& name, Pages pages) {
    const auto found = std::find_if(known_.sources.begin(), known_.sources.end(),
                                    [&](const SourceRow& source) { return source.name == name; });
    const bool read_before = found != known_.sources.end() && found->observed_at.has_value();
    PlannedSource source{name, pages.requests, pages.at_least || !read_before, {}};
    if (found != known_.sources.end() && found->state == SourceState::throttled && found->retry_at &&
        *found->retry_at > now_) {
      source.not_before = found->retry_at;
    }
    sources_.push_back(std::move(source));
  }

  const Capabilities& can_;
  const KnownCounts& known_;
  const Instant now_;
  std::vector<PlannedSource> sources_;
};

}  // namespace

Result<KnownCounts> read_counts(Transaction& tx, const AccountId& account) {
  KnownCounts known;
  const std::string id = account.text();
  STK_TRY(read_two(tx, kOffers, id, known.offers, known.listings));
  STK_TRY(read_two(tx, kPositions, id, known.positions, known.in_stock));
  STK_TRY(known.sources, read_sources(tx, account));
  return known;
}

std::vector<PlannedSource> plan_sources(const Capabilities& can, const KnownCounts& known, const SyncOptions& options,
                                        Instant now) {
  Planner planner(can, known, now);
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
