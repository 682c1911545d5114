// Runner: lets its fetcher fetch what the run's machine decides, then commits.
#include "sync/runner.hpp"

#include <algorithm>
#include <atomic>

#include <stocktracker/core/progress_stages.hpp>

#include "inventory/order_coverage.hpp"
#include "marketplace/account_records.hpp"
#include "marketplace/run_memory.hpp"
#include "sync/commit.hpp"
#include "sync/keep_alive.hpp"
#include "sync/lease.hpp"
#include "sync/records.hpp"
#include "sync/run_credentials.hpp"
#include "sync/run_machine.hpp"
#include "sync/run_telemetry.hpp"
#include "sync/source_fetcher.hpp"
#include "sync/time_share.hpp"
#include "tenant/relay.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

constexpr Statement kListedKeys{"offer.listed_keys",
                                "SELECT offer_key FROM offer WHERE account_id = $1 AND state = $2 ORDER BY offer_key"};
// Offers with known FBO stock, even if their cards have vanished.
constexpr Statement kStockedKeys{
    "offer.stocked_keys",
    "SELECT DISTINCT o.offer_key FROM source s JOIN level l ON l.source_id = s.source_id "
    "JOIN offer o ON o.offer_id = l.offer_id WHERE s.account_id = $1 AND s.kind = 0 AND l.on_hand > 0"};
static_assert(static_cast<int>(FetchKind::fbo) == 0);

bool is_stock(FetchKind kind) noexcept { return kind != FetchKind::orders && kind != FetchKind::prices; }

/// Fetches of one phase that have not begun yet, by the kind that they share time with.
struct Waiting {
  std::atomic<std::size_t> stock = 0;
  std::atomic<std::size_t> others = 0;
};

class Runner {
 public:
  Runner(const Ports& ports, RelayCore& relay, std::shared_ptr<Database> database, std::shared_ptr<Connector> connector,
         const RunTransport& transport, RunCredentials& credentials, const RunMemory& memory,
         const SyncOptions& options, Duration max_wait, const CallContext& context, RunTelemetry& telemetry,
         SyncRun run)
      : ports_(ports),
        relay_(relay),
        database_(std::move(database)),
        connector_(std::move(connector)),
        transport_(transport),
        memory_(memory),
        telemetry_(telemetry),
        options_(options),
        context_(context),
        run_(std::move(run)),
        lease_(*database_, *ports.clock, credentials, run_.account.text(), run_.id.text(), options.lease),
        alive_(std::make_shared<KeepAlive>(lease_, context_)),
        fetcher_(ports, *connector_, transport, lease_, run_.account, options, max_wait, known_) {
    context_.progress = alive_;
  }

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
      if (machine_.phase == Phase::fetching_rest && options_.stock) {
        if (auto asked = prepare_asked(); !asked) return abandon(std::move(asked).error());
      }
      for (FetchEnded& ended : fetch_all(fetches)) {
        effects = step(machine_, std::move(ended), ports_.clock->now());
      }
    }
    if (effects.abandon || context_.stop.stop_requested()) return abandon(Error(Errc::cancelled).in(context_));
    if (lost_) return abandon(std::move(*lost_));
    if (auto lost = alive_->lost()) return abandon(std::move(*lost));
    return commit();
  }

 private:
  /// The lease and the run's row are written in one transaction: no run without a lease, no lease without a run.
  Result<std::vector<std::string>> begin() {
    std::vector<std::string> known_sellers;
    const auto body = [&](Transaction& tx) -> Result<void> {
      known_sellers.clear();
      known_.waits.clear();
      STK_TRY(lease_.acquire(tx));
      run_.started_at = ports_.clock->now();  // not before the run that held the account had ended
      STK_TRY(run_no_, begin_run(tx, run_));
      STK_TRY(const auto sources, read_sources(tx, run_.account));
      for (const SourceRow& source : sources) {
        if (source.kind == FetchKind::fbs && source.state != SourceState::gone) known_sellers.push_back(source.name);
        if (source.state == SourceState::throttled && source.retry_at) {
          // An earlier version may have stored a longer wait.
          known_.waits[source.name] = std::min(*source.retry_at, run_.started_at + kMostSourceWait);
        }
      }
      STK_TRY(known_.coverage, inventory::read_believed_coverage(tx, run_.account, ports_.clock->now()));
      return success();
    };
    STK_TRY(database_->transact(context_, TransactMode::write, body));
    telemetry_.started(run_);
    return known_sellers;
  }

  std::vector<FetchEnded> fetch_all(const std::vector<Fetch>& fetches) {
    fetched_.resize(machine_.outcomes.size());
    std::vector<FetchEnded> ended(fetches.size());
    Waiting waiting;
    for (const Fetch& one : fetches) ++(is_stock(one.kind) ? waiting.stock : waiting.others);
    const Instant began = ports_.clock->now();
    const auto one = [&](std::size_t i) -> Result<void> {
      ended[i].slot = fetches[i].slot;
      ended[i].asked_at = ports_.clock->now();
      const std::size_t slot = fetches[i].slot;
      const CallContext share = share_of(fetches[i].kind, began, waiting);
      const Instant asked = ports_.clock->now();
      auto result = fetcher_.fetch(fetches[i], machine_.outcomes[slot].name, share, fetched_[slot], ended[i]);
      if (!ended[i].not_asked) telemetry_.fetched(fetches[i].kind, ports_.clock->now() - asked);
      if (!result) ended[i].error = std::move(result).error();
      return success();
    };
    (void)parallel(*ports_.executor, Lane::io, fetches.size(), one, context_.tenant);  // failures are in `ended`
    for (const FetchEnded& end : ended) {
      if (end.error && end.error->errc() == Errc::lease_lost) lost_ = end.error;
    }
    return ended;
  }

  /// The context of one source, with its share of the time: the account's lists may use half of the run's time, stock
  /// three quarters of the remaining time if orders or prices are fetched, too.
  CallContext share_of(FetchKind kind, Instant began, Waiting& waiting) const {
    CallContext context = context_;
    const bool stock = is_stock(kind);
    Instant limit = context_.deadline;
    if (stock && machine_.phase == Phase::fetching_account) {
      limit = part_of(began, limit, 1, 2);
    } else if (stock && (machine_.orders || machine_.prices)) {
      limit = part_of(began, limit, 3, 4);
    }
    const std::size_t not_begun = (stock ? waiting.stock : waiting.others)--;
    context.deadline = share_until(ports_.clock->now(), limit, not_begun, ports_.executor->width(Lane::io));
    return context;
  }

  /// Seller warehouses are asked about the offers of the catalogue, or of the last known one if it was not read. If FBO
  /// stock is requested by offer, offers with stock that left the catalogue are requested, too: a shorter list must not
  /// end an offer's stock.
  Result<void> prepare_asked() {
    const bool listed = machine_.outcomes[kCatalogueSlot].state == SourceState::ok;
    if (listed) known_.asked = fetched_[kCatalogueSlot].catalogue.keys();
    const bool by_offers = connector_->capabilities().fbo_by_offers;
    if (listed && !by_offers) return success();
    const std::string account = run_.account.text();
    const auto body = [&](Transaction& tx) -> Result<void> {
      if (!listed) {
        known_.asked.clear();
        STK_TRY(append_keys(tx, kListedKeys, {account, static_cast<std::int64_t>(OfferState::listed)}, known_.asked));
      }
      known_.asked_fbo = known_.asked;
      if (!by_offers) return success();
      return append_keys(tx, kStockedKeys, {account}, known_.asked_fbo);
    };
    STK_TRY(database_->transact(after_deadline(), TransactMode::read, body));
    std::sort(known_.asked_fbo.begin(), known_.asked_fbo.end());
    known_.asked_fbo.erase(std::unique(known_.asked_fbo.begin(), known_.asked_fbo.end()), known_.asked_fbo.end());
    return success();
  }

  static Result<void> append_keys(Transaction& tx, const Statement& statement, std::initializer_list<SqlValue> values,
                                  std::vector<std::string>& into) {
    STK_TRY(auto rows, tx.query(statement, values));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      into.emplace_back(rows->text(0));
    }
  }

  /// Complete sources are applied even if the deadline has passed; a stop request still counts.
  [[nodiscard]] CallContext after_deadline() const {
    CallContext context = context_;
    context.deadline = Instant::latest();
    return context;
  }

  Result<SyncRun> commit() {
    context_.report({kStageCommit, 0, 0});
    if (auto shown = alive_->failure(); !shown) return abandon(std::move(shown).error());
    const CommitInput input{machine_,
                            fetched_,
                            known_.asked,
                            known_.asked_fbo,
                            connector_->capabilities(),
                            options_,
                            run_no_,
                            ports_.random->make_id<EventId>(ports_.clock->now()),
                            fetcher_.present(),
                            memory_.waiting()};
    run_.requests = transport_.count();
    CommitNotes notes;
    const auto body = [&](Transaction& tx) { return commit_run(tx, input, lease_, ports_.clock->now(), run_, notes); };
    // A renewal of the lease would wait for this very transaction.
    CallContext context = after_deadline();
    context.progress.reset();
    if (auto done = database_->transact(context, TransactMode::bulk, body); !done) {
      return abandon(std::move(done).error());
    }
    telemetry_.committed(run_, machine_.kinds, notes);
    if (has_news(run_)) hint_relay(input.event);
    return std::move(run_);
  }

  /// Called after the commit. An unchanged run costs nothing here. If the process ends before, the event is relayed
  /// with the tenant's next event.
  void hint_relay(const EventId& event) {
    CallContext context = after_deadline();
    context.stop = {};
    context.progress.reset();
    if (auto hinted = relay_.announce(context.tenant, event, context); !hinted) telemetry_.not_hinted(hinted.error());
  }

  /// Nothing was applied: the run's record says why, the lease is released, and the caller gets the cause.
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
    context.progress.reset();
    auto recorded = database_->transact(context, TransactMode::write, body);
    if (!recorded) telemetry_.not_recorded(run_, recorded.error());
    telemetry_.abandoned(run_, machine_.kinds, cause);
    return cause;
  }

  const Ports& ports_;
  RelayCore& relay_;
  std::shared_ptr<Database> database_;
  std::shared_ptr<Connector> connector_;
  const RunTransport& transport_;
  const RunMemory& memory_;
  RunTelemetry& telemetry_;
  const SyncOptions& options_;
  CallContext context_;
  SyncRun run_;
  Lease lease_;
  std::shared_ptr<KeepAlive> alive_;
  std::int64_t run_no_ = 0;
  State machine_;
  std::vector<Fetched> fetched_;
  KnownBefore known_;
  SourceFetcher fetcher_;
  std::optional<Error> lost_;
};

/// Nothing was requested. An address that is no longer allowed denies the account until somebody changes it.
Error not_allowed(const Ports& ports, Database& database, const Account& account, const SyncOptions& options,
                  const CallContext& context, Error error) {
  if (error.errc() != Errc::address_refused || options.dry_run) return error;
  const std::string why = reason_of(error);
  const auto body = [&](Transaction& tx) {
    return note_refused_address(tx, account.id.text(), why, ports.clock->now());
  };
  if (auto noted = database.transact(context, TransactMode::write, body); !noted) {
    return std::move(error).because(std::move(noted).error());
  }
  return error;
}

Result<SyncRun> run_measured(const SyncCore& core, const Account& account, const SyncOptions& options,
                             const CallContext& context, RunTelemetry& telemetry) {
  const AccountsCore& accounts = *core.accounts;
  const Ports& ports = accounts.ports();
  STK_TRY(auto database, ports.storage->tenant(context.tenant));
  STK_TRY(auto signs_in_with, accounts.credentials(account, context));
  const auto credentials = std::make_shared<RunCredentials>(accounts, account, std::move(signs_in_with), context);
  const auto secrets = std::make_shared<SentSecrets>();
  const auto transport = std::make_shared<RunTransport>(ports.transport, ports.clock, credentials, secrets);
  const auto memory = std::make_shared<RunMemory>(make_account_memory(database, account.id));
  auto connector = accounts.connector(account, credentials->used(), context, transport, memory, secrets);
  if (!connector) return not_allowed(ports, *database, account, options, context, std::move(connector).error());
  SyncRun run;
  run.started_at = ports.clock->now();
  run.id = ports.random->make_id<RunId>(run.started_at);
  run.account = account.id;
  run.dry_run = options.dry_run;
  run.actor = context.actor;
  Runner runner(ports, accounts.relay(), std::move(database), std::move(connector).value(), *transport, *credentials,
                *memory, options, core.max_wait, context, telemetry, std::move(run));
  return runner.run();
}

}  // namespace

Result<SyncRun> run_account(const SyncCore& core, const Account& account, const SyncOptions& options,
                            const CallContext& context) {
  RunTelemetry telemetry(*core.accounts->ports().telemetry, account, context.tenant);
  auto run = run_measured(core, account, options, context, telemetry);
  if (!run) telemetry.refused(run.error());
  return run;
}

}  // namespace stocktracker::inline v0::sync_run
