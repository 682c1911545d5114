/// Every migration, in the order in which a new store gets them. Append a migration; a released one is never edited,
/// and neither is what it created: stores hold the checksum of its SQL. To change the schema:
///
/// 1. Describe the change where the table is described (tenant_tables.hpp, control_tables.hpp). A new table gets
///    `.since = N`; a new column or index goes to the end of its list, with `.added(N)`. N is the plane's next number.
/// 2. Append migration N below, with the tables that it creates or extends.
/// 3. Rows that change are a step of SQL in both dialects: `Step{"UPDATE run SET ...;", "UPDATE run SET ...;"}`. On
///    PostgreSQL, row security holds for the owner of the tables as well, and fails without a tenant: such a step
///    begins with ALTER TABLE run NO FORCE ROW LEVEL SECURITY; and ends with FORCE.
/// 4. Run unit_sqlite_driver with STK_KEEP_MIGRATIONS=1: it writes the new SQL to tests/unit/sql/released/.
///
/// Made of these descriptions: the SQL of migrations, the keys of upserts, copies (backup, export, import), the checks
/// of rows. CONTRIBUTING.md lists the files of a migration; docs/adr/0022 says why it is so.
#pragma once

#include "sql/schema/control_tables.hpp"
#include "sql/schema/plan.hpp"
#include "sql/schema/tenant_tables.hpp"

namespace stocktracker::inline v0::sql {

// Numbers the events that were there before, in the order of their arrival.
inline constexpr std::string_view kNumberEventsSql =
    "UPDATE tenant_event SET number = n.number FROM (SELECT event_id, row_number() OVER (PARTITION BY tenant_id "
    "ORDER BY relayed_at, event_id) AS number FROM tenant_event) AS n WHERE n.event_id = tenant_event.event_id;\n"
    "INSERT INTO event_counter (tenant_id, number) SELECT tenant_id, max(number) FROM tenant_event GROUP BY tenant_id;";
inline constexpr Step kNumberEvents{kNumberEventsSql, kNumberEventsSql};

inline constexpr std::array kMigrationPlans{
    MigrationPlan{Plane::control, 1, "tenants", {kTenant, kAccountDirectory}},
    MigrationPlan{Plane::control, 2, "keys of tenants", {kTenantKey, kTenant}},
    MigrationPlan{Plane::control, 3, "events of tenants", {kRelayHint, kTenantEvent}},
    MigrationPlan{Plane::control, 4, "quarantine and retired keys", {kTenant, kTenantKey, kAccountDirectory}},
    MigrationPlan{Plane::control, 5, "numbers of events", {kEventCounter, kTenantEvent, kNumberEvents}},
    MigrationPlan{Plane::control, 6, "users and members", {kPerson, kMember}},
    MigrationPlan{Plane::tenant,
                  1,
                  "stock and ledger",
                  {kAccount, kCredential, kLease, kSource, kWarehouse, kOffer, kOfferBarcode, kLevel, kLedger, kRun,
                   kRunSource, kOutbox}},
    MigrationPlan{Plane::tenant, 2, "account health", {kCredentialFact, kAccountHealth, kAccountMemory}},
    MigrationPlan{Plane::tenant, 3, "settings", {kSetting}},
    MigrationPlan{Plane::tenant, 4, "orders and prices", {kOrderLine, kOrderCoverage, kPrice, kOfferLink}},
    MigrationPlan{Plane::tenant, 5, "skipped rows and thresholds", {kRun, kRunSource, kSource, kOfferThreshold}},
    MigrationPlan{Plane::tenant, 6, "stamps of credentials", {kAccount}},
    MigrationPlan{Plane::tenant, 7, "refused runs and search by barcode", {kRun, kOfferBarcode}},
    MigrationPlan{Plane::tenant, 8, "disconnected accounts and renewals of leases", {kAccount, kLease}},
    MigrationPlan{Plane::tenant, 9, "products across accounts", {kOfferLink, kProductOffer, kReadModel}},
};

}  // namespace stocktracker::inline v0::sql
