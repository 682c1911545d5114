// Reads and writes the owner of a file: the plane and the tenant.
#include "adapters/sqlite/owner.hpp"

namespace stocktracker::inline v0::sqlite {

Result<std::string> owner_of(Connection& connection) {
  STK_TRY(const auto table, connection.lines("SELECT name FROM sqlite_schema WHERE name = 'owner'", "owner"));
  if (table.empty()) return std::string();
  STK_TRY(const auto owners, connection.lines("SELECT tenant FROM owner", "owner"));
  return owners.empty() ? std::string() : owners.front();
}

Result<void> claim(Connection& connection, const std::string& owner) {
  STK_TRY(const auto found, owner_of(connection));
  if (!found.empty()) return check_owner(connection, owner);
  // The id's own text: hexadecimal digits and dashes.
  const std::string sql =
      "BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS owner (tenant TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID; "
      "INSERT INTO owner SELECT '" +
      owner + "' WHERE NOT EXISTS (SELECT 1 FROM owner); COMMIT";
  auto written = connection.run(sql.c_str());
  if (!written) connection.roll_back();
  STK_TRY(std::move(written));
  return check_owner(connection, owner);
}

Result<void> check_owner(Connection& connection, const std::string& owner) {
  STK_TRY(const auto found, owner_of(connection));
  if (found == owner) return success();
  const std::string owner_text = found.empty() ? "of no tenant of a folder" : "of tenant " + found;
  return Error(Errc::store_unreadable, connection.options().path + " holds the data " + owner_text + ", not of " +
                                           owner + "; give that tenant's own file")
      .about("tenant");
}

}  // namespace stocktracker::inline v0::sqlite
