// A store that counts the statements of all transactions.
#pragma once

#include "tests/support/wrapped_storage.hpp"

// Not for several threads.
class CountedStatements final : public WrappedStorage {
 public:
  using WrappedStorage::WrappedStorage;
  int statements = 0;

 private:
  class Counting final : public stocktracker::Transaction {
   public:
    Counting(stocktracker::Transaction& tx, int& statements) : tx_(tx), statements_(statements) {}
    stocktracker::Result<std::int64_t> execute(const stocktracker::Statement& statement,
                                               std::span<const stocktracker::SqlValue> values) override {
      ++statements_;
      return tx_.execute(statement, values);
    }
    stocktracker::Result<std::unique_ptr<stocktracker::RowCursor>> query(
        const stocktracker::Statement& statement, std::span<const stocktracker::SqlValue> values) override {
      ++statements_;
      return tx_.query(statement, values);
    }
    stocktracker::Result<std::int64_t> bulk_upsert(std::string_view table, stocktracker::OnConflict conflict,
                                                   std::span<const stocktracker::SqlColumn> columns) override {
      ++statements_;
      return tx_.bulk_upsert(table, conflict, columns);
    }
    stocktracker::Result<void> savepoint(stocktracker::FunctionRef<stocktracker::Result<Keep>()> body) override {
      return tx_.savepoint(body);
    }

   private:
    stocktracker::Transaction& tx_;
    int& statements_;
  };

  stocktracker::Result<void> transact(stocktracker::Database& plane, const stocktracker::CallContext& context,
                                      stocktracker::TransactMode mode, Body body) override {
    const auto counted = [&](stocktracker::Transaction& tx) -> stocktracker::Result<void> {
      Counting counting(tx, statements);
      return body(counting);
    };
    return plane.transact(context, mode, counted);
  }
};
