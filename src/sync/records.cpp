// Rows of runs and sources.
#include "sync/records.hpp"

#include "inventory/position_reader.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

static_assert(static_cast<std::int64_t>(SourceState::gone) == inventory::kSourceGone);

constexpr Statement kSources{
    "source.of_account",
    "SELECT source_id, name, kind, state, disposition, observed_at, retry_at, digest, error, absent "
    "FROM source WHERE account_id = $1 ORDER BY source_id"};
constexpr Statement kMaxSource{"source.max_id", "SELECT coalesce(max(source_id), 0) FROM source"};
constexpr Statement kMaxRun{"run.max_no", "SELECT coalesce(max(run_no), 0) FROM run"};
constexpr Statement kFinish{"run.finish",
                            "UPDATE run SET state = $2, finished_at = $3, requests = $4, accepted = $5 "
                            "WHERE run_no = $1"};
constexpr Statement kRuns{
    "run.page",
    "SELECT run_no, run_id, account_id, state, dry_run, started_at, finished_at, requests, actor, "
    "accepted, refused_by, refused_at, refusal FROM run WHERE run_no < $1 ORDER BY run_no DESC LIMIT $2"};
constexpr Statement kRunsOf{
    "run.page_of_account",
    "SELECT run_no, run_id, account_id, state, dry_run, started_at, finished_at, requests, actor, accepted, "
    "refused_by, refused_at, refusal FROM run WHERE account_id = $3 AND run_no < $1 ORDER BY run_no DESC LIMIT $2"};
constexpr Statement kRunSources{
    "run_source.of_run",
    "SELECT name, state, disposition, rows, added, changed, zeroed, kept, unchanged, dropped, observed_at, retry_at, "
    "error_code, error, note, skipped FROM run_source WHERE run_no = $1 ORDER BY position"};

SqlValue micros_of(const std::optional<Instant>& at) { return at ? SqlValue(at->micros()) : SqlValue(); }

std::optional<Instant> instant_at(const RowCursor& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Instant::from_micros(row.integer(column));
}

Result<std::int64_t> one_number(Transaction& tx, const Statement& statement) {
  STK_TRY(auto rows, tx.query(statement));
  STK_TRY(const bool any, rows->next());
  return any ? rows->integer(0) : 0;
}

SqlValue text_or_null(const std::string& text) { return text.empty() ? SqlValue() : SqlValue(text); }

}  // namespace

Result<std::vector<SourceRow>> read_sources(Transaction& tx, const AccountId& account) {
  std::vector<SourceRow> sources;
  const std::string id = account.text();
  STK_TRY(auto rows, tx.query(kSources, {id}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return sources;
    sources.push_back({rows->integer(0), std::string(rows->text(1)), static_cast<FetchKind>(rows->integer(2)),
                       static_cast<SourceState>(rows->integer(3)), static_cast<Disposition>(rows->integer(4)),
                       instant_at(*rows, 5), instant_at(*rows, 6), std::string(rows->text(7)),
                       std::string(rows->text(8)), std::nullopt});
    if (!rows->is_null(9)) sources.back().absent = static_cast<Absent>(rows->integer(9));
  }
}

Result<void> number_sources(Transaction& tx, std::vector<SourceRow>& sources) {
  std::int64_t next = 0;
  for (SourceRow& source : sources) {
    if (source.id != 0) continue;
    if (next == 0) {
      STK_TRY(next, one_number(tx, kMaxSource));
    }
    source.id = ++next;
  }
  return success();
}

Result<void> write_source(Transaction& tx, const AccountId& account, const SourceRow& source) {
  const std::string id = account.text();
  STK_TRY(tx.upsert(
      "source", OnConflict::update,
      {SqlColumn::constant("source_id", source.id), SqlColumn::constant("account_id", id),
       SqlColumn::constant("name", source.name), SqlColumn::constant("kind", static_cast<std::int64_t>(source.kind)),
       SqlColumn::constant("state", static_cast<std::int64_t>(source.state)),
       SqlColumn::constant("disposition", static_cast<std::int64_t>(source.disposition)),
       SqlColumn::constant("observed_at", micros_of(source.observed_at)),
       SqlColumn::constant("retry_at", micros_of(source.retry_at)),
       SqlColumn::constant("digest", text_or_null(source.digest)),
       SqlColumn::constant("error", text_or_null(source.error)),
       SqlColumn::constant("absent",
                           source.absent ? SqlValue(static_cast<std::int64_t>(*source.absent)) : SqlValue())}));
  return success();
}

Result<std::int64_t> begin_run(Transaction& tx, const SyncRun& run) {
  STK_TRY(const auto last, one_number(tx, kMaxRun));
  const std::int64_t run_no = last + 1;
  const std::string id = run.id.text();
  const std::string account = run.account.text();
  STK_TRY(tx.upsert(
      "run", OnConflict::fail,
      {SqlColumn::constant("run_no", run_no), SqlColumn::constant("run_id", id),
       SqlColumn::constant("account_id", account),
       SqlColumn::constant("state", static_cast<std::int64_t>(RunState::running)),
       SqlColumn::constant("dry_run", run.dry_run ? 1 : 0), SqlColumn::constant("started_at", run.started_at.micros()),
       SqlColumn::constant("requests", 0), SqlColumn::constant("actor", run.actor)}));
  return run_no;
}

Result<void> finish_run(Transaction& tx, std::int64_t run_no, const SyncRun& run) {
  STK_TRY(tx.execute(kFinish, {run_no, static_cast<std::int64_t>(run.state), micros_of(run.finished_at), run.requests,
                               run.accepted ? 1 : 0}));
  std::int64_t position = 0;
  for (const SourceOutcome& source : run.sources) {
    const SourceChanges& c = source.changes;
    STK_TRY(tx.upsert(
        "run_source", OnConflict::update,
        {SqlColumn::constant("run_no", run_no), SqlColumn::constant("position", position++),
         SqlColumn::constant("name", source.name),
         SqlColumn::constant("state", static_cast<std::int64_t>(source.state)),
         SqlColumn::constant("disposition", static_cast<std::int64_t>(source.disposition)),
         SqlColumn::constant("rows", static_cast<std::int64_t>(source.rows)), SqlColumn::constant("added", c.added),
         SqlColumn::constant("changed", c.changed), SqlColumn::constant("zeroed", c.zeroed),
         SqlColumn::constant("kept", c.kept), SqlColumn::constant("unchanged", c.unchanged),
         SqlColumn::constant("dropped", c.dropped), SqlColumn::constant("observed_at", micros_of(source.observed_at)),
         SqlColumn::constant("retry_at", micros_of(source.retry_at)),
         SqlColumn::constant("error_code",
                             source.error ? SqlValue(static_cast<std::int64_t>(source.error->errc())) : SqlValue()),
         SqlColumn::constant("error", source.error ? SqlValue(reason_of(*source.error)) : SqlValue()),
         SqlColumn::constant("note", source.note),
         SqlColumn::constant("skipped", static_cast<std::int64_t>(source.skipped))}));
  }
  return success();
}

Result<std::vector<SyncRun>> read_runs(Transaction& tx, const std::optional<AccountId>& account, std::int64_t before,
                                       int limit, std::int64_t& last) {
  std::vector<SyncRun> runs;
  std::vector<std::int64_t> numbers;
  const std::string id = account ? account->text() : std::string();
  {
    STK_TRY(auto rows, account ? tx.query(kRunsOf, {before, limit, id}) : tx.query(kRuns, {before, limit}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      SyncRun run;
      numbers.push_back(rows->integer(0));
      STK_TRY(run.id, RunId::parse(rows->text(1)));
      STK_TRY(run.account, AccountId::parse(rows->text(2)));
      run.state = static_cast<RunState>(rows->integer(3));
      run.dry_run = rows->integer(4) != 0;
      run.started_at = Instant::from_micros(rows->integer(5));
      run.finished_at = instant_at(*rows, 6);
      run.requests = rows->integer(7);
      run.actor = rows->text(8);
      run.accepted = rows->integer(9) != 0;
      if (const auto at = instant_at(*rows, 11)) {
        run.refusal = RunRefusal{std::string(rows->text(10)), *at, std::string(rows->text(12))};
      }
      runs.push_back(std::move(run));
    }
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    STK_TRY(auto rows, tx.query(kRunSources, {numbers[i]}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      SourceOutcome source;
      source.name = rows->text(0);
      source.state = static_cast<SourceState>(rows->integer(1));
      source.disposition = static_cast<Disposition>(rows->integer(2));
      source.rows = static_cast<std::size_t>(rows->integer(3));
      source.changes = {rows->integer(4), rows->integer(5), rows->integer(6),
                        rows->integer(7), rows->integer(8), rows->integer(9)};
      source.observed_at = instant_at(*rows, 10);
      source.retry_at = instant_at(*rows, 11);
      if (!rows->is_null(12)) {
        source.error = Error(static_cast<Errc>(rows->integer(12)), std::string(rows->text(13)));
      }
      source.note = rows->text(14);
      source.skipped = static_cast<std::size_t>(rows->integer(15));
      runs[i].sources.push_back(std::move(source));
    }
    last = numbers[i];
  }
  return runs;
}

}  // namespace stocktracker::inline v0::sync_run
