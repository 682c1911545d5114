// A transaction over another one that breaks one promise of the seam.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <stocktracker/ports/database.hpp>

namespace faulty {

namespace st = stocktracker;
using namespace std::chrono_literals;

enum class Broken {
  nothing,
  // Values
  null_is_empty,
  empty_is_null,
  number_is_cut_to_32_bits,
  text_is_cut_at_zero,
  bytes_are_cut_at_zero,
  text_loses_high_bytes,
  text_loses_spaces,
  // Statements
  parameters_by_place,
  missing_value_is_null,
  value_too_many_is_ignored,
  insert_by_hand,
  other_plane,
  unknown_table_is_empty,
  update_as_query,
  changed_count_is_one,
  changed_count_is_zero,
  rows_reversed,
  first_row_alone,
  cursor_outlives,
  second_cursor_moves_first,
  // Writing
  update_changes_nothing,
  update_of_the_first_column_alone,
  ignore_overwrites,
  fail_overwrites,
  fail_ignores,
  ignored_rows_count,
  last_row_lost,
  rows_behind_a_batch_lost,
  duplicates_first,
  ignored_duplicates_last,
  nulls_of_a_column_lost,
  constant_lost,
  uneven_columns,
  missing_key,
  // Transactions
  failed_body_is_committed,
  failed_body_is_success,
  failed_body_takes_a_neighbour,
  exception_is_committed,
  exception_is_an_error,
  dropped_savepoint_stays,
  kept_savepoint_is_undone,
  failed_savepoint_stays,
  failed_savepoint_is_success,
  failure_is_passed_over,
  reading_writes,
  nests,
  nests_over_planes,
  plane_is_wrong,
  stop_is_not_looked_at,
  deadline_is_not_looked_at,
  stop_does_not_interrupt,
  deadline_does_not_interrupt,
  waits_past_a_stop,
  waits_past_a_deadline,
  each_query_sees_another_moment,
  reader_sees_the_uncommitted,
  write_is_lost,
  update_is_lost,
  // Tenants
  one_plane_for_all,
  reads_of_all,
  made_again_is_emptied,
  destroyed_stays,
  destroyed_is_hidden,
  handle_outlives,
  nil_tenant,
  unknown_tenant_is_made,
  destroying_twice_fails,
  destroys_all,
  one_writer_for_all,
  // Opening again
  forgets_all,
  altered_history,
  newer_store,
  migration_is_left_out,
  examination_is_empty,
  sound_store_has_a_fault,
};

inline const st::TenantId& other_than(const st::TenantId& tenant, const std::set<st::TenantId>& all) {
  const auto other = std::find_if(all.begin(), all.end(), [&](const st::TenantId& one) { return one != tenant; });
  return other == all.end() ? tenant : *other;
}

// What a storage and its databases share.
struct Shared {
  Broken broken{};
  st::Errc code = st::Errc::internal;  // takes the place of this one's: an error of another code
  st::Errc instead = st::Errc::internal;
  std::shared_ptr<st::Storage> inner{};
  std::mutex mutex{};
  std::set<st::TenantId> tenants{};
  std::set<st::TenantId> hidden{};
  std::atomic<int> open_writes = 0;
  std::atomic<int> writes = 0;
  std::timed_mutex writing{};

  [[nodiscard]] bool is(Broken one) const noexcept { return broken == one; }
  template <class T>
  [[nodiscard]] st::Result<T> coded(st::Result<T> result) const {
    if (!result && code != instead && result.error().errc() == code) return st::Error(instead, "of another code");
    return result;
  }
};

inline thread_local int inside = 0;

class FaultyCursor final : public st::RowCursor {
 public:
  FaultyCursor(Shared& shared, std::unique_ptr<st::RowCursor> cursor, const st::Statement& statement)
      : shared_(shared), cursor_(std::move(cursor)) {
    if (!shared.is(Broken::rows_reversed) || statement.sql.find("ORDER BY") == std::string_view::npos) return;
    kept_.emplace();
    for (auto more = cursor_->next(); more && more.value(); more = cursor_->next()) {
      kept_->push_back({cursor_->is_null(0), std::string(cursor_->text(0))});
    }
  }
  st::Result<bool> next() override {
    ++row_;
    if (kept_) {
      if (row_ > 1 && !kept_->empty()) kept_->pop_back();
      return !kept_->empty();
    }
    if (ended_ || (row_ > 1 && shared_.is(Broken::first_row_alone))) return false;
    auto more = cursor_->next();
    if (!more && shared_.is(Broken::cursor_outlives)) return false;
    return shared_.coded(std::move(more));
  }
  bool is_null(int column) const override {
    if (kept_) return kept_->back().first;
    if (shared_.is(Broken::null_is_empty)) return false;
    const bool null = cursor_->is_null(column);
    return null || (shared_.is(Broken::empty_is_null) && cursor_->text(column).empty());
  }
  std::int64_t integer(int column) const override {
    if (kept_) return std::stoll(kept_->back().second);
    const std::int64_t value = cursor_->integer(column);
    return shared_.is(Broken::number_is_cut_to_32_bits) ? static_cast<std::int32_t>(value) : value;
  }
  std::string_view text(int column) const override {
    if (kept_) return kept_->back().second;
    std::string_view text = cursor_->text(column);
    const bool of_bytes = text.size() == 512;
    const bool cuts = shared_.is(of_bytes ? Broken::bytes_are_cut_at_zero : Broken::text_is_cut_at_zero);
    if (cuts) text = text.substr(0, text.find('\0'));
    if (shared_.is(Broken::text_loses_high_bytes) && !of_bytes) {
      damaged_ = text;
      for (char& c : damaged_) c = static_cast<signed char>(c) < 0 ? '?' : c;
      return damaged_;
    }
    if (shared_.is(Broken::text_loses_spaces)) text = text.substr(0, text.find_last_not_of(' ') + 1);
    return text;
  }
  void end() { ended_ = true; }

 private:
  Shared& shared_;
  std::unique_ptr<st::RowCursor> cursor_;
  std::optional<std::vector<std::pair<bool, std::string>>> kept_{};
  mutable std::string damaged_{};
  int row_ = 0;
  bool ended_ = false;
};

/// One row of one column.
class OneValue final : public st::RowCursor {
 public:
  explicit OneValue(std::string value) : value_(std::move(value)) {}
  st::Result<bool> next() override { return ++row_ == 1; }
  bool is_null(int) const override { return false; }
  std::int64_t integer(int) const override { return std::stoll(value_); }
  std::string_view text(int) const override { return value_; }

 private:
  std::string value_;
  int row_ = 0;
};

class FaultyTransaction final : public st::Transaction {
 public:
  FaultyTransaction(Shared& shared, st::Transaction& inner, st::Database& database)
      : shared_(shared), inner_(inner), database_(database) {}
  using st::Transaction::execute;
  using st::Transaction::query;

  st::Result<std::int64_t> execute(const st::Statement& statement, std::span<const st::SqlValue> values) override {
    if (statement.sql.starts_with("INSERT") && is(Broken::insert_by_hand)) return std::int64_t{1};
    auto changed = isolated<std::int64_t>([&] { return inner_.execute(statement, values); });
    if (changed && is(Broken::changed_count_is_one)) return std::int64_t{1};
    if (changed && is(Broken::changed_count_is_zero)) return std::int64_t{0};
    return shared_.coded(std::move(changed));
  }

  st::Result<std::unique_ptr<st::RowCursor>> query(const st::Statement& statement,
                                                   std::span<const st::SqlValue> values) override {
    std::vector<st::SqlValue> given(values.begin(), values.end());
    const auto needed = static_cast<std::size_t>(std::count(statement.sql.begin(), statement.sql.end(), '$'));
    if (is(Broken::parameters_by_place) && statement.sql.find("$2") < statement.sql.find("$1") && given.size() > 1) {
      std::swap(given[0], given[1]);
    }
    if (is(Broken::missing_value_is_null) && given.size() < needed) given.resize(needed);
    if (is(Broken::value_too_many_is_ignored) && given.size() > needed && needed > 0) given.resize(needed);
    if (is(Broken::second_cursor_moves_first) && first_ != nullptr) first_->end();
    const st::Statement* asked = &statement;
    static constexpr st::Statement kNoneAtAll{"none", "SELECT count(*) FROM entry WHERE id < 0"};
    static constexpr st::Statement kNoOffice{"none", "SELECT count(*) FROM office WHERE id < 0"};
    const bool of_office = statement.sql.find("FROM office") != std::string_view::npos;
    const bool in_control = database_.plane() == st::Plane::control;
    if (is(Broken::other_plane) && of_office != in_control) asked = in_control ? &kNoOffice : &kNoneAtAll;
    if (is(Broken::unknown_table_is_empty) && statement.name == "nothing.count") asked = &kNoneAtAll;
    if (is(Broken::update_as_query) && statement.sql.starts_with("UPDATE")) asked = &kNoneAtAll, given.clear();
    if (auto rows = elsewhere_ ? elsewhere_(statement) : nullptr) return rows;
    auto rows = isolated<std::unique_ptr<st::RowCursor>>([&] { return inner_.query(*asked, given); });
    if (!rows) return shared_.coded(std::move(rows));
    auto cursor = std::make_unique<FaultyCursor>(shared_, std::move(rows).value(), statement);
    first_ = cursor.get();
    return std::unique_ptr<st::RowCursor>(std::move(cursor));
  }

  st::Result<std::int64_t> bulk_upsert(std::string_view table, st::OnConflict conflict,
                                       std::span<const st::SqlColumn> columns) override {
    using st::OnConflict;
    std::vector<st::SqlColumn> given(columns.begin(), columns.end());
    std::size_t rows = 1;
    bool uneven = false;
    for (const st::SqlColumn& column : given) {
      if (column.shape() == st::SqlColumn::Shape::constant) continue;
      uneven = uneven || (rows != 1 && rows != column.rows());
      rows = column.rows();
    }
    if (is(Broken::uneven_columns) && uneven) return std::int64_t{0};
    const bool keyed =
        std::any_of(given.begin(), given.end(), [](const auto& column) { return column.name() == "id"; });
    if (is(Broken::missing_key) && !keyed) return std::int64_t{0};
    if (is(Broken::update_changes_nothing) && conflict == OnConflict::update) conflict = OnConflict::ignore;
    if (is(Broken::ignore_overwrites) && conflict == OnConflict::ignore) conflict = OnConflict::update;
    if (is(Broken::fail_overwrites) && conflict == OnConflict::fail) conflict = OnConflict::update;
    if (is(Broken::fail_ignores) && conflict == OnConflict::fail) conflict = OnConflict::ignore;
    if (is(Broken::update_of_the_first_column_alone) && conflict == OnConflict::update && given.size() == 3) {
      return two_steps(table, given);
    }
    if (is(Broken::constant_lost) && rows > 1) {
      std::erase_if(given, [](const auto& column) {
        return column.shape() == st::SqlColumn::Shape::constant && column.name() == "amount";
      });
    }
    if (is(Broken::last_row_lost) && rows > 1) cut(given, rows - 1);
    if (is(Broken::rows_behind_a_batch_lost) && rows > 1'000) cut(given, 1'000);
    if (is(Broken::nulls_of_a_column_lost)) {
      for (st::SqlColumn& column : given) {
        if (column.shape() == st::SqlColumn::Shape::integers) {
          column = st::SqlColumn::integers(column.name(), column.integer_values());
        }
      }
    }
    if ((is(Broken::duplicates_first) && conflict == OnConflict::update) ||
        (is(Broken::ignored_duplicates_last) && conflict == OnConflict::ignore)) {
      reverse(given);
    }
    auto written = isolated<std::int64_t>([&] { return inner_.bulk_upsert(table, conflict, given); });
    if (written && is(Broken::ignored_rows_count)) return static_cast<std::int64_t>(rows);
    if (written && is(Broken::last_row_lost) && rows > 1) return written.value() + 1;
    if (written && written.value() > 0 && is(Broken::rows_behind_a_batch_lost) && rows > 1'000)
      return static_cast<std::int64_t>(rows);
    if (written) ++wrote_;
    return shared_.coded(std::move(written));
  }

  st::Result<void> savepoint(st::FunctionRef<st::Result<Keep>()> body) override {
    st::Result<void> failed = st::success();
    const auto changed = [&]() -> st::Result<Keep> {
      auto kept = body();
      if (!kept && is(Broken::failed_savepoint_stays) && kept.error().errc() == st::Errc::invalid_argument) {
        failed = kept.error();
        return Keep::yes;
      }
      if (!kept && is(Broken::failed_savepoint_is_success)) return Keep::no;
      if (kept && is(Broken::dropped_savepoint_stays)) return Keep::yes;
      if (kept && is(Broken::kept_savepoint_is_undone)) return Keep::no;
      return kept;
    };
    auto done = inner_.savepoint(changed);
    STK_TRY(std::move(failed));
    return shared_.coded(std::move(done));
  }

  // Where the answer is not null, it takes the place of the query's.
  using Elsewhere = std::function<std::unique_ptr<st::RowCursor>(const st::Statement&)>;
  void read_elsewhere(Elsewhere elsewhere) { elsewhere_ = std::move(elsewhere); }
  [[nodiscard]] int wrote() const noexcept { return wrote_; }

 private:
  [[nodiscard]] bool is(Broken one) const noexcept { return shared_.is(one); }

  // A failure that leaves no trace: as if each statement were a transaction of its own.
  template <class T>
  st::Result<T> isolated(st::FunctionRef<st::Result<T>()> call) {
    if (!is(Broken::failure_is_passed_over)) return call();
    st::Result<T> result = st::Errc::internal;
    STK_TRY(inner_.savepoint([&]() -> st::Result<Keep> {
      result = call();
      if (!result) return Keep::no;
      return Keep::yes;
    }));
    return result;
  }

  st::Result<std::int64_t> two_steps(std::string_view table, std::vector<st::SqlColumn> given) {
    STK_TRY(const auto fresh, inner_.bulk_upsert(table, st::OnConflict::ignore, given));
    given.pop_back();
    STK_TRY(const auto all, inner_.bulk_upsert(table, st::OnConflict::update, given));
    return std::max(fresh, all);
  }
  static void cut(std::vector<st::SqlColumn>& columns, std::size_t rows) {
    for (st::SqlColumn& column : columns) {
      const auto nulls = column.nulls().empty() ? column.nulls() : column.nulls().first(rows);
      if (column.shape() == st::SqlColumn::Shape::integers) {
        column = st::SqlColumn::integers(column.name(), column.integer_values().first(rows), nulls);
      } else if (column.shape() == st::SqlColumn::Shape::texts) {
        column = st::SqlColumn::texts(column.name(), column.text_values().first(rows), nulls);
      }
    }
  }
  void reverse(std::vector<st::SqlColumn>& columns) {
    for (st::SqlColumn& column : columns) {
      auto& nulls = nulls_.emplace_back(column.nulls().rbegin(), column.nulls().rend());
      if (column.shape() == st::SqlColumn::Shape::integers) {
        auto& values = integers_.emplace_back(column.integer_values().rbegin(), column.integer_values().rend());
        column = st::SqlColumn::integers(column.name(), values, nulls);
      } else if (column.shape() == st::SqlColumn::Shape::texts) {
        auto& values = texts_.emplace_back(column.text_values().rbegin(), column.text_values().rend());
        column = st::SqlColumn::texts(column.name(), values, nulls);
      }
    }
  }

  Shared& shared_;
  st::Transaction& inner_;
  st::Database& database_;
  FaultyCursor* first_ = nullptr;
  Elsewhere elsewhere_{};
  int wrote_ = 0;
  std::list<std::vector<std::int64_t>> integers_{};
  std::list<std::vector<std::string_view>> texts_{};
  std::list<std::vector<std::uint8_t>> nulls_{};
};

}  // namespace faulty
