/// The tables of the control plane: what the operator of many tenants owns. How to change one: migrations.hpp.
#pragma once

#include "sql/schema/table.hpp"

namespace stocktracker::inline v0::sql {

inline constexpr Table kTenant = {
    .plane = Plane::control,
    .name = "tenant",
    .columns = {text("tenant_id"), text("name"), text("state"), integer("created_at"), text("reason").added(4, "''")},
    .key = {"tenant_id"},
    .indexes = {unique_index("tenant_name", {"name"}).added(2)},
};

// Keys of tenants, sealed by the master key. If a key is destroyed, the data that it sealed cannot be opened in any
// copy.
inline constexpr Table kTenantKey = {
    .plane = Plane::control,
    .name = "tenant_key",
    .since = 2,
    .columns = {text("tenant_id"), integer("number"), blob("sealed"), integer("created_at"),
                integer("retired_at").or_null().added(4)},
    .key = {"tenant_id", "number"},
};

inline constexpr Table kAccountDirectory = {
    .plane = Plane::control,
    .name = "account_directory",
    .columns = {text("tenant_id"), text("account_id"), text("channel")},
    .key = {"tenant_id", "account_id"},
    .indexes = {index("account_directory_account", {"account_id"}).added(4)},
};

// Tenants with events that are not yet copied to the control plane. The stamp changes with every event.
inline constexpr Table kRelayHint = {
    .plane = Plane::control,
    .name = "relay_hint",
    .since = 3,
    .columns = {text("tenant_id"), text("stamp")},
    .key = {"tenant_id"},
};

// Events of tenants, copied from their planes, and of the control plane itself. `number` counts the events of a tenant.
inline constexpr Table kTenantEvent = {
    .plane = Plane::control,
    .name = "tenant_event",
    .since = 3,
    .columns = {text("event_id"), text("tenant_id"), text("topic"), text("payload"), integer("created_at"),
                integer("relayed_at"), integer("number").added(5, "0")},
    .key = {"event_id"},
    .indexes = {index("tenant_event_age", {"relayed_at"}),
                index("tenant_event_number", {"tenant_id", "number"}).added(5)},
};

// The number of the last event of each tenant. It stays after the events were deleted: no number is used twice.
inline constexpr Table kEventCounter = {
    .plane = Plane::control,
    .name = "event_counter",
    .since = 5,
    .columns = {text("tenant_id"), integer("number")},
    .key = {"tenant_id"},
};

// Users; `user` is a reserved word. `address_key` is the address in small letters.
inline constexpr Table kPerson = {
    .plane = Plane::control,
    .name = "person",
    .since = 6,
    .columns = {text("user_id"), text("address"), text("address_key"), text("name"), text("locale"), text("zone"),
                text("state"), integer("created_at"), text("password_hash").or_null()},
    .key = {"user_id"},
    .indexes = {unique_index("person_address", {"address_key"})},
};

// Only identity/member_records.cpp names this table.
inline constexpr Table kMember = {
    .plane = Plane::control,
    .name = "member",
    .since = 6,
    .columns = {text("tenant_id"), text("user_id").of("person"), text("role"), integer("since")},
    .key = {"tenant_id", "user_id"},
    .indexes = {index("member_user", {"user_id"})},
    .walled = true,
};

}  // namespace stocktracker::inline v0::sql
