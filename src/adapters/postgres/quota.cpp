// Request limits shared through a database: one row per seller, used under an advisory lock.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "adapters/postgres/pool.hpp"
#include "core/hash.hpp"

namespace stocktracker::inline v0 {
namespace {

using postgres::Connection;
using postgres::Pool;

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kDigits = 2 * sizeof(std::int64_t);
/// Longest wait of a check: no request is sent meanwhile.
constexpr auto kPatience = std::chrono::seconds(5);
/// Longer than the longest interval of any limit.
constexpr const char* kForget = "DELETE FROM stocktracker_control.quota_block WHERE at < now() - interval '31 days'";

using Cells = std::array<std::int64_t, QuotaMemory::kCells>;

/// Big-endian hexadecimal digits, cell by cell; zeros at the end are left out.
std::string written(const Cells& cells) {
  std::size_t used = cells.size();
  while (used > 0 && cells[used - 1] == 0) --used;
  std::string text(used * kDigits, '0');
  for (std::size_t at = 0; at < used; ++at) {
    auto cell = static_cast<std::uint64_t>(cells[at]);
    for (std::size_t digit = kDigits; digit-- > 0; cell >>= 4U) text[at * kDigits + digit] = kHex[cell & 15U];
  }
  return text;
}

bool read(std::string_view text, Cells& cells) {
  cells = {};
  if (text.empty() || text.size() % kDigits != 0 || text.size() > cells.size() * kDigits) return false;
  for (std::size_t at = 0; at * kDigits < text.size(); ++at) {
    std::uint64_t cell = 0;
    const char* const begin = text.data() + at * kDigits;
    if (std::from_chars(begin, begin + kDigits, cell, 16).ptr != begin + kDigits) return false;
    cells[at] = static_cast<std::int64_t>(cell);
  }
  return true;
}

class PostgresBlock final : public QuotaBlock {
 public:
  PostgresBlock(std::shared_ptr<Pool> pool, std::string name, const Digest128& key)
      : pool_(std::move(pool)), name_(std::move(name)), user_(user_of(key)) {
    // The lock makes one statement wait for the other's commit, and the next statement reads the result. If the server
    // crashes, at most the last half second is lost; in return a check does not wait for the disk.
    begin_ =
        "BEGIN; SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '4s'; "
        "SET LOCAL idle_in_transaction_session_timeout = '3s'; SELECT pg_advisory_xact_lock(" +
        std::to_string(static_cast<std::int64_t>(key.lo)) +
        "); SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, (SELECT words FROM "
        "stocktracker_control.quota_block WHERE name = '" +
        name_ + "')";
  }

  Result<void> with(Instant now, Use use) noexcept override {
    CallContext context;
    context.deadline = Connection::now_by(pool_->options()) + kPatience;
    STK_TRY(auto lease, pool_->take(user_, context));
    auto done = run(*lease, now, use, context);
    if (!done && !lease->spoilt() && lease->in_transaction() && !lease->run("ROLLBACK", "limits", {})) lease->spoil();
    return done;
  }

 private:
  Result<void> run(Connection& connection, Instant now, Use use, const CallContext& context) const {
    STK_TRY(const auto row, connection.run(begin_, "limits", context));
    const std::string_view clock(PQgetvalue(row.get(), 0, 0));
    std::int64_t micros = 0;
    std::from_chars(clock.data(), clock.data() + clock.size(), micros);
    Cells cells{};
    if (PQgetisnull(row.get(), 0, 1) == 0 && !read(PQgetvalue(row.get(), 0, 1), cells)) {
      cells = {};
      cells.front() = QuotaMemory::kSpent;  // damaged: the remaining requests are unknown
    }
    const Cells before = cells;
    // The machines' clocks differ; the server's clock counts for all.
    use(pool_->options().clock ? now : Instant::from_micros(micros), cells);
    if (cells == before) {
      STK_TRY(connection.run("COMMIT", "limits", context));
      return success();
    }
    STK_TRY(connection.run("INSERT INTO stocktracker_control.quota_block (name, words) VALUES ('" + name_ + "', '" +
                               written(cells) +
                               "') ON CONFLICT (name) DO UPDATE SET words = excluded.words, at = now(); COMMIT",
                           "limits", context));
    return success();
  }

  /// In the pool each seller counts as a tenant, so that callers that wait for one seller's lock do not use up all
  /// connections.
  [[nodiscard]] static TenantId user_of(const Digest128& key) noexcept {
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &key, sizeof(key));
    return TenantId(Uuid(bytes));
  }

  std::shared_ptr<Pool> pool_;
  std::string name_;
  TenantId user_;
  std::string begin_;
};

class PostgresQuota final : public QuotaMemory {
 public:
  explicit PostgresQuota(std::shared_ptr<Pool> pool) noexcept : pool_(std::move(pool)) {}

  Result<std::shared_ptr<QuotaBlock>> block(std::string_view name) override {
    // Hashed, because the name contains the seller's id at the marketplace, which other users of the server need not
    // see.
    const Digest128 hidden = digest128(name.data(), name.size());
    return std::make_shared<PostgresBlock>(pool_, hidden.text(), hidden);
  }

 private:
  std::shared_ptr<Pool> pool_;
};

}  // namespace

Result<std::shared_ptr<QuotaMemory>> make_postgres_quota(PostgresOptions options) {
  STK_TRY(options.validate());
  auto pool = std::make_shared<Pool>(std::move(options));
  STK_TRY(auto lease, pool->take({}, {}));
  auto forgotten = lease->run(kForget, "limits", {});
  if (!forgotten) {
    if (lease->last_state() != "42P01") return std::move(forgotten).error();
    return Error(Errc::store_older,
                 "the database has no table of limits; run stocktracker migrate as the role that owns "
                 "the tables")
        .during("limits");
  }
  return std::make_shared<PostgresQuota>(std::move(pool));
}

}  // namespace stocktracker::inline v0
