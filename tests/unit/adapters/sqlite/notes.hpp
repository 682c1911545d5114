// A small schema for tests of the SQLite driver alone.
#pragma once

#include <stocktracker/adapters/sqlite.hpp>

#include <array>
#include <string>

namespace notes {

namespace st = stocktracker;
using namespace std::string_view_literals;

inline constexpr std::array kKey{"note_id"sv};
inline constexpr std::array kJobKey{"job_id"sv};
inline constexpr std::array kTables{st::TableKey{st::Plane::tenant, "note"sv, kKey},
                                    st::TableKey{st::Plane::control, "job"sv, kJobKey}};
inline constexpr std::array kMigrations{
    st::Migration{
        st::Plane::control, 1, "jobs"sv, "CREATE TABLE job (job_id INTEGER NOT NULL PRIMARY KEY) STRICT"sv, {}},
    st::Migration{st::Plane::tenant,
                  1,
                  "notes"sv,
                  "CREATE TABLE note (note_id INTEGER NOT NULL PRIMARY KEY, body TEXT UNIQUE) STRICT"sv,
                  {}},
    st::Migration{st::Plane::tenant, 2, "marks"sv, "ALTER TABLE note ADD COLUMN mark INTEGER"sv, {}},
    st::Migration{st::Plane::tenant,
                  3,
                  "broken"sv,
                  "CREATE TABLE extra (extra_id INTEGER PRIMARY KEY); CREATE TABLE note (note_id INTEGER)"sv,
                  {}}};

inline constexpr st::Statement kCount{"note.count", "SELECT count(*) FROM note"};
inline constexpr st::Statement kAppend{"note.append", "UPDATE note SET body = body || $2 WHERE note_id = $1"};

/// The first two migrations make the whole schema; one is an older build's, three hold a mistake.
inline st::Schema schema(std::size_t tenant_migrations = 2) {
  return {std::span(kMigrations).first(1 + tenant_migrations), kTables};
}

inline st::Result<void> put(st::Transaction& transaction, std::int64_t id, std::string_view body) {
  STK_TRY(transaction.upsert("note", st::OnConflict::update,
                             {st::SqlColumn::constant("note_id", id), st::SqlColumn::constant("body", body)}));
  return st::success();
}

inline st::Result<void> put(st::Storage& storage, std::int64_t id, std::string_view body,
                            st::TransactMode mode = st::TransactMode::write) {
  STK_TRY(auto tenant, storage.tenant({}));
  return tenant->transact({}, mode, [&](st::Transaction& transaction) { return put(transaction, id, body); });
}

inline st::Result<std::int64_t> count(st::Storage& storage) {
  STK_TRY(auto tenant, storage.tenant({}));
  std::int64_t found = 0;
  STK_TRY(tenant->transact({}, st::TransactMode::read, [&](st::Transaction& transaction) -> st::Result<void> {
    STK_TRY(auto rows, transaction.query(kCount));
    STK_TRY(const bool any, rows->next());
    if (any) found = rows->integer(0);
    return st::success();
  }));
  return found;
}

inline bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace notes
