// Reads and writes the rows of users.
#include "identity/user_records.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kById{
    "user.by_id", "SELECT user_id, address, name, locale, zone, state, created_at FROM person WHERE user_id = $1"};
constexpr Statement kByAddress{
    "user.by_address",
    "SELECT user_id, address, name, locale, zone, state, created_at FROM person WHERE address_key = $1"};
constexpr Statement kPage{"user.page",
                          "SELECT user_id, address, name, locale, zone, state, created_at FROM person WHERE user_id > "
                          "$1 AND ($2 = '' OR state = $2) ORDER BY user_id LIMIT $3"};
constexpr Statement kProfile{"user.profile", "UPDATE person SET name = $2, locale = $3, zone = $4 WHERE user_id = $1"};
constexpr Statement kState{"user.state", "UPDATE person SET state = $2 WHERE user_id = $1"};
constexpr Statement kHash{"user.hash", "SELECT password_hash FROM person WHERE user_id = $1"};
constexpr Statement kSetHash{"user.set_hash", "UPDATE person SET password_hash = $2 WHERE user_id = $1"};

constexpr std::array kStates{UserState::invited, UserState::active, UserState::locked, UserState::disabled};

Result<User> user_of(const RowCursor& row) {
  STK_TRY(const auto id, UserId::parse(row.text(0)));
  STK_TRY(auto address, stored_address(row.text(1)));
  STK_TRY(const auto state, user_state_of(row.text(5)));
  return User{id, std::move(address),
              UserProfile{std::string(row.text(2)), std::string(row.text(3)), std::string(row.text(4))}, state,
              Instant::from_micros(row.integer(6))};
}

Result<std::vector<User>> users_by(Transaction& tx, const Statement& statement, std::span<const SqlValue> values) {
  std::vector<User> users;
  STK_TRY(auto rows, tx.query(statement, values));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return users;
    STK_TRY(auto user, user_of(*rows));
    users.push_back(std::move(user));
  }
}

Result<std::optional<User>> first(Result<std::vector<User>> found) {
  if (!found) return std::move(found).error();
  if (found.value().empty()) return std::optional<User>();
  return std::optional<User>(std::move(found.value().front()));
}

}  // namespace

Error no_such_user() { return Error(Errc::not_found, "there is no such user").about("user"); }

Result<UserState> user_state_of(std::string_view name) {
  const auto* const known =
      std::find_if(kStates.begin(), kStates.end(), [&](UserState state) { return name == to_string(state); });
  if (known == kStates.end()) return Error(Errc::store_corrupt, "a stored user has an unknown state");
  return *known;
}

Result<EmailAddress> stored_address(std::string_view text) {
  auto address = EmailAddress::parse(text);
  if (!address) return Error(Errc::store_corrupt, "the stored address of a user is none");
  return address;
}

Result<std::optional<User>> read_user(Transaction& tx, const UserId& user) {
  const std::string id = user.text();
  const SqlValue values[] = {id};
  return first(users_by(tx, kById, values));
}

Result<std::optional<User>> read_user_at(Transaction& tx, const EmailAddress& address) {
  const std::string key = address.key();
  const SqlValue values[] = {key};
  return first(users_by(tx, kByAddress, values));
}

Result<std::vector<User>> read_users(Transaction& tx, const UserId& after, const UserQuery& query) {
  const std::string behind = after.is_nil() ? std::string() : after.text();
  const SqlValue values[] = {behind, query.state ? to_string(*query.state) : "", query.page_size};
  return users_by(tx, kPage, values);
}

Result<void> add_user(Transaction& tx, const User& user) {
  STK_TRY(const auto taken, read_user_at(tx, user.address));
  if (taken) return Error(Errc::already_exists, "a user with this address exists").about("email");
  const std::string id = user.id.text();
  const std::string key = user.address.key();
  STK_TRY(tx.upsert("person", OnConflict::fail,
                    {SqlColumn::constant("user_id", id), SqlColumn::constant("address", user.address.text()),
                     SqlColumn::constant("address_key", key), SqlColumn::constant("name", user.profile.name),
                     SqlColumn::constant("locale", user.profile.locale), SqlColumn::constant("zone", user.profile.zone),
                     SqlColumn::constant("state", to_string(user.state)),
                     SqlColumn::constant("created_at", user.created_at.micros())}));
  return success();
}

Result<std::int64_t> write_profile(Transaction& tx, const UserId& user, const UserProfile& profile) {
  const std::string id = user.text();
  return tx.execute(kProfile, {id, profile.name, profile.locale, profile.zone});
}

Result<std::int64_t> write_state(Transaction& tx, const UserId& user, UserState state) {
  const std::string id = user.text();
  return tx.execute(kState, {id, to_string(state)});
}

Result<std::optional<std::string>> read_password_hash(Transaction& tx, const UserId& user) {
  const std::string id = user.text();
  STK_TRY(auto rows, tx.query(kHash, {id}));
  STK_TRY(const bool found, rows->next());
  if (!found) return no_such_user();
  if (rows->is_null(0)) return std::optional<std::string>();
  return std::optional<std::string>(rows->text(0));
}

Result<void> write_password_hash(Transaction& tx, const UserId& user, const std::optional<std::string>& hash) {
  const std::string id = user.text();
  STK_TRY(const auto written, tx.execute(kSetHash, {id, hash}));
  if (written == 0) return no_such_user();
  return success();
}

}  // namespace stocktracker::inline v0
