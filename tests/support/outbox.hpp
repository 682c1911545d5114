// Publishes an event as the library does after a commit: a row in the tenant's outbox, then the hint for the relay.
#pragma once

#include <string_view>

#include <stocktracker/ports/database.hpp>

inline stocktracker::Result<void> put_hint(stocktracker::Storage& storage, const stocktracker::TenantId& tenant,
                                           const stocktracker::EventId& stamp) {
  namespace st = stocktracker;
  const std::string id = stamp.text();
  const std::string whose = tenant.text();
  const auto hint = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(tx.upsert("relay_hint", st::OnConflict::update,
                      {st::SqlColumn::constant("tenant_id", whose), st::SqlColumn::constant("stamp", id)}));
    return st::success();
  };
  return storage.control().transact({}, st::TransactMode::write, hint);
}

inline stocktracker::Result<void> put_event(stocktracker::Storage& storage, const stocktracker::TenantId& tenant,
                                            const stocktracker::EventId& event, std::string_view topic,
                                            std::string_view payload, stocktracker::Instant now) {
  namespace st = stocktracker;
  const std::string id = event.text();
  const auto write = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(
        tx.upsert("outbox", st::OnConflict::fail,
                  {st::SqlColumn::constant("event_id", id), st::SqlColumn::constant("topic", topic),
                   st::SqlColumn::constant("payload", payload), st::SqlColumn::constant("created_at", now.micros())}));
    return st::success();
  };
  STK_TRY(const auto database, storage.tenant(tenant));
  STK_TRY(database->transact({}, st::TransactMode::write, write));
  return put_hint(storage, tenant, event);
}
