/// Shared by the cases of the database contract: a small schema of both planes, and helper functions.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <stocktracker/testing/database_contract.hpp>

namespace stocktracker::inline v0::testing::contract {

/// Tenant: item(id, name, amount), entry(id, seq, note), parcel(id, data). Control: office(id, name).
[[nodiscard]] Schema small_schema() noexcept;
/// The same with the text of its first migration changed.
[[nodiscard]] Schema altered_schema() noexcept;
/// The same with one migration more.
[[nodiscard]] Schema longer_schema() noexcept;

inline constexpr Statement kCountItems{"item.count", "SELECT count(*) FROM item"};
inline constexpr Statement kItem{"item.get", "SELECT id, name, amount FROM item WHERE id = $1"};

using Body = FunctionRef<Result<void>(Transaction&)>;

/// Everything that a case needs from a fresh storage.
struct Subject {
  std::shared_ptr<Storage> storage;
  std::shared_ptr<Database> tenant;

  Result<void> write(Body body, const CallContext& context = {}) const {
    return tenant->transact(context, TransactMode::write, body);
  }
  Result<void> read(Body body) const { return tenant->transact({}, TransactMode::read, body); }
  [[nodiscard]] Result<std::int64_t> count() const;
  Result<void> put(std::int64_t id, std::string_view name, std::int64_t amount) const;
};

[[nodiscard]] Result<std::int64_t> put_item(Transaction& tx, std::int64_t id, std::string_view name, SqlValue amount,
                                            OnConflict conflict = OnConflict::update);

/// An expected error: inside a savepoint, so that the body may continue.
template <class F>
void expect_refused(Transaction& tx, Check& check, F&& call, Errc code, std::string_view what) {
  const auto body = [&]() -> Result<Transaction::Keep> {
    STK_TRY(call());
    return Transaction::Keep::yes;
  };
  check.expect_error(tx.savepoint(body), code, what);
}

/// Cases of upserts.
void upserts(const Subject& subject, Check& check);
void bulk(const Subject& subject, Check& check);
/// Cases that compare what was written with what is expected, value by value.
void value_cases(StorageFactory& factory, Check& check);
void model_case(StorageFactory& factory, Check& check);
/// Cases that need several threads.
void concurrency_cases(StorageFactory& factory, Check& check);
/// Cases with several tenants; none for a single-tenant storage.
void tenant_cases(StorageFactory& factory, Check& check);
void crowd_case(StorageFactory& factory, Check& check);
/// A storage with `small_schema`; a failure is reported and leaves the subject empty.
[[nodiscard]] bool prepare(StorageFactory& factory, Check& check, std::string_view name, Subject& subject);

}  // namespace stocktracker::inline v0::testing::contract
