#include "sync/runner.hpp"
#include "tenant/relay.hpp"

#include <algorithm>
#include <atomic>
#include <map>

#include "inventory/order_apply.hpp"
#include "inventory/price_apply.hpp"
#include "inventory/snapshot.hpp"
#include "sync/collectors.hpp"
#include "sync/commit.hpp"
#include "sync/lease.hpp"
#include "sync/records.hpp"
#include "sync/run_machine.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

constexpr Statement kListedKeys{"offer.listed_keys",
                                "SELECT offer_key FROM offer WHERE account_id = $1 AND state = $2 ORDER BY offer_key"};

constexpr auto kOrdersOverlap = std::chrono::hours(1);

/// As long as one request may wait for a limit.
constexpr auto kPatience = std::chrono::seconds(30);

/// Counts what a run sends, for its record.
class CountingTransport final : public HttpTransport {
 public:
  explicit CountingTransport(std::shared_ptr<HttpTransport> next) noexcept : next_(std::move(next)) {}
  Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) override {
    ++count_;
    return next_->send(request, context);
  }
  [[nodiscard]] std::int64_t count() const noexcept { return count_; }

 private:
  std::shared_ptr<HttpTransport> next_;
  std::atomic<std::int64_t> count_ = 0;
};

class Runner {
 public:
  Runner(const Ports& ports, std::shared_ptr<Database> database, std::shared_ptr<Connector> connector,
         const CountingTransport& transport, const SyncOptions& options, const CallContext& context, SyncRun run)
      : ports_(ports),
        database_(std::move(database)),
        connector_(std::move(connector)),
        transport_(transport),
        options_(options),
        context_(context),
        run_(std::move(run)),
        lease_(*database_, *ports.clock, run_.account.text(), run_.id.text(), options.lease) {}

  Result<SyncRun> run() {
    const bool fbo_last = connector_->fbo_needs_offers();
    STK_TRY(auto known_sellers, begin());
    const Capabilities& can = connector_->capabilities();
    Effects effects = step(machine_,
                           Leased{std::move(known_sellers), fbo_last, options_.stock, options_.orders && can.orders,
                                  options_.prices && can.prices},
                           ports_.clock->now());
    while (!effects.fetch.empty()) {
      const auto fetches = std::move(effects.fetch);
      effects = {};
      if (fetches.back().kind == FetchKind::fbs) {
        if (auto asked = prepare_asked(); !asked) return abandon(std::move(asked).error());
      }
      for (FetchEnded& ended : fetch_all(fetches)) {
        effects = step(machine_, std::move(ended), ports_.clock->now());
      }
    }
    if (effects.abandon || context_.stop.stop_requested()) return abandon(Error(Errc::cancelled).in(context_));
    if (lost_) return abandon(std::move(*lost_));
    return commit();
  }

 private:
  /// The lease and the run's row are one transaction: no run without a lease, no lease without a trace.
  Result<std::vector<std::string>> begin() {
    std::vector<std::string> known_sellers;
    const auto body = [&](Transaction& tx) -> Result<void> {
      known_sellers.clear();
      waits_.clear();
      STK_TRY(lease_.acquire(tx));
      run_.started_at = ports_.clock->now();  // not before the run that held the account had ended
      STK_TRY(run_no_, begin_run(tx, run_));
      STK_TRY(const auto sources, read_sources(tx, run_.account));
      for (const SourceRow& source : sources) {
        if (source.kind == FetchKind::fbs) known_sellers.push_back(source.name);
        if (source.state == SourceState::throttled && source.retry_at) waits_[source.name] = *source.retry_at;
      }
      STK_TRY(coverage_, inventory::read_believed_coverage(tx, run_.account, ports_.clock->now()));
      return success();
    };
    STK_TRY(database_->transact(context_, TransactMode::write, body));
    return known_sellers;
  }

  std::vector<FetchEnded> fetch_all(const std::vector<Fetch>& fetches) {
    fetched_.resize(machine_.outcomes.size());
    std::vector<FetchEnded> ended(fetches.size());
    const auto one = [&](std::size_t i) -> Result<void> {
      ended[i].slot = fetches[i].slot;
      ended[i].asked_at = ports_.clock->now();
      if (auto result = fetch(fetches[i], ended[i]); !result) ended[i].error = std::move(result).error();
      return success();
    };
    (void)parallel(*ports_.executor, Lane::io, fetches.size(), one);  // failures travel in `ended`
    for (const FetchEnded& end : ended) {
      if (end.error && end.error->errc() == Errc::lease_lost) lost_ = end.error;
    }
    return ended;
  }

  /// Asking again before the wait is over prolongs it, whichever process was told to wait.
  Result<void> wait_out(const std::string& source) {
    const auto found = waits_.find(source);
    const Instant now = ports_.clock->now();
    if (found == waits_.end() || found->second <= now) return success();
    const Instant at = found->second;
    if (at - now > kPatience || at >= context_.deadline) {
      return Error(Errc::quota_reached, "still to wait since an earlier run; not asked")
          .retry_after(at - now)
          .may_retry();
    }
    return ports_.clock->wait_until(at, context_.stop);
  }

  Result<void> fetch(const Fetch& fetch, FetchEnded& ended) {
    STK_TRY(wait_out(machine_.outcomes[fetch.slot].name));
    ended.asked_at = ports_.clock->now();
    Fetched& into = fetched_[fetch.slot];
    switch (fetch.kind) {
      case FetchKind::catalogue: {
        CatalogueCollector sink(lease_, context_);
        STK_TRY(connector_->list_offers(sink, context_));
        into.catalogue = std::move(sink.catalogue);
        into.digest = into.catalogue.digest();
        ended.rows = into.catalogue.size();
        return success();
      }
      case FetchKind::warehouses: {
        WarehouseCollector sink;
        STK_TRY(connector_->list_warehouses(sink, context_));
        ended.rows = sink.sellers.size();
        ended.sellers = std::move(sink.sellers);
        return success();
      }
      case FetchKind::orders: {
        OrderCollector sink(lease_, run_.account, context_);
        STK_TRY(into.coverage, connector_->fetch_orders({orders_since()}, sink, context_));
        into.orders = std::move(sink.told);
        ended.rows = into.orders.size();
        return success();
      }
      case FetchKind::prices: {
        PriceCollector sink(lease_, run_.account, context_);
        STK_TRY(connector_->fetch_prices(sink, context_));
        into.prices = std::move(sink.told);
        into.digest = inventory::digest_of(into.prices);
        ended.rows = into.prices.size();
        return success();
      }
      case FetchKind::fbo:
        return fetch_stock({StockKind::fbo}, fetch, ended);
      case FetchKind::fbs:
        return fetch_stock({StockKind::fbs, fetch.warehouse, fetch.warehouse_name, asked_}, fetch, ended);
    }
    return Errc::internal;
  }

  Result<void> fetch_stock(const StockQuery& query, const Fetch& fetch, FetchEnded& ended) {
    StockCollector sink(lease_, context_, machine_.outcomes[fetch.slot].name);
    STK_TRY(connector_->fetch_stock(query, sink, context_));
    Fetched& into = fetched_[fetch.slot];
    into.columns = std::move(sink.columns);
    into.note = std::move(sink.told);
    into.digest = inventory::digest_of(into.columns, query.offers);
    ended.rows = into.columns.rows();
    return success();
  }

  /// From what is known on, and a little before it: changes may be told late.
  [[nodiscard]] Instant orders_since() const {
    const Instant now = ports_.clock->now();
    const Duration kept = connector_->capabilities().orders_kept;
    Instant since = coverage_ ? coverage_->until - kOrdersOverlap : now - options_.orders_back;
    if (kept > Duration::zero()) since = std::max(since, now - kept);
    return since;
  }

  /// Seller warehouses are asked about the catalogue; when that was not read, about the last one known.
  Result<void> prepare_asked() {
    if (machine_.outcomes[kCatalogueSlot].state == SourceState::ok) {
      asked_ = fetched_[kCatalogueSlot].catalogue.keys();
      return success();
    }
    const std::string account = run_.account.text();
    const auto body = [&](Transaction& tx) -> Result<void> {
      asked_.clear();
      STK_TRY(auto rows, tx.query(kListedKeys, {account, static_cast<std::int64_t>(OfferState::listed)}));
      while (true) {
        STK_TRY(const bool more, rows->next());
        if (!more) return success();
        asked_.emplace_back(rows->text(0));
      }
    };
    return database_->transact(after_deadline(), TransactMode::read, body);
  }

  /// What was fetched whole is applied even when the deadline passed on the way; a stop request still counts.
  [[nodiscard]] CallContext after_deadline() const {
    CallContext context = context_;
    context.deadline = Instant::latest();
    return context;
  }

  Result<SyncRun> commit() {
    context_.report({"commit", 0, 0});
    const CommitInput input{machine_,
                            fetched_,
                            asked_,
                            connector_->capabilities(),
                            options_,
                            run_no_,
                            ports_.random->make_id<EventId>(ports_.clock->now())};
    run_.requests = transport_.count();
    const auto body = [&](Transaction& tx) { return commit_run(tx, input, lease_, ports_.clock->now(), run_); };
    if (auto done = database_->transact(after_deadline(), TransactMode::bulk, body); !done) {
      return abandon(std::move(done).error());
    }
    if (has_news(run_)) hint_relay(input.event);
    return std::move(run_);
  }

  /// After the commit: an unchanged run costs nothing here, and what a crash in between leaves untold is told with the
  /// tenant's next event.
  void hint_relay(const EventId& event) {
    CallContext context = after_deadline();
    context.stop = {};
    if (auto hinted = hint(*ports_.storage, context.tenant, event, context); !hinted) {
      const std::string why = hinted.error().text();
      const LogField fields[] = {{"error", why}};
      ports_.telemetry->log(
          {Severity::warning, "relay.not_hinted", "an event waits for the tenant's next one", fields});
    }
  }

  /// Nothing was applied: the run says why, and the account is free again. The cause is what the caller gets.
  Error abandon(Error cause) {
    run_.state = cause.kind() == ErrorKind::cancelled ? RunState::cancelled : RunState::failed;
    run_.finished_at = ports_.clock->now();
    run_.requests = transport_.count();
    run_.sources = machine_.outcomes;
    for (SourceOutcome& source : run_.sources) source.disposition = Disposition::not_applied;
    const auto body = [&](Transaction& tx) -> Result<void> {
      STK_TRY(finish_run(tx, run_no_, run_));
      return lease_.release(tx);
    };
    CallContext context = after_deadline();
    context.stop = {};
    if (auto recorded = database_->transact(context, TransactMode::write, body); !recorded) {
      const std::string text = recorded.error().text();
      const LogField field{"error", text};
      ports_.telemetry->log(
          {Severity::error, "sync.run_not_recorded", "the end of a run was not recorded", {&field, 1}});
    }
    return cause;
  }

  const Ports& ports_;
  std::shared_ptr<Database> database_;
  std::shared_ptr<Connector> connector_;
  const CountingTransport& transport_;
  const SyncOptions& options_;
  const CallContext& context_;
  SyncRun run_;
  Lease lease_;
  std::int64_t run_no_ = 0;
  State machine_;
  std::vector<Fetched> fetched_;
  std::vector<std::string> asked_;
  std::map<std::string, Instant> waits_;   ///< sources that were throttled, and until when
  std::optional<OrderCoverage> coverage_;  ///< of the orders that are known
  std::optional<Error> lost_;
};

}  // namespace

Result<SyncRun> run_account(const AccountsCore& accounts, const Account& account, const SyncOptions& options,
                            const CallContext& context) {
  const Ports& ports = accounts.ports();
  STK_TRY(auto database, ports.storage->tenant(context.tenant));
  auto transport = std::make_shared<CountingTransport>(ports.transport);
  STK_TRY(auto connector, accounts.connector(account, context, transport));
  SyncRun run;
  run.started_at = ports.clock->now();
  run.id = ports.random->make_id<RunId>(run.started_at);
  run.account = account.id;
  run.dry_run = options.dry_run;
  run.actor = context.actor;
  Runner runner(ports, std::move(database), std::move(connector), *transport, options, context, std::move(run));
  return runner.run();
}

}  // namespace stocktracker::inline v0::sync_run
