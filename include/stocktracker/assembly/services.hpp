/// @file
/// Forward declarations of an engine's services. Include the header of each service that you call.
#pragma once

namespace stocktracker::inline v0 {

class Accounts;   // marketplace/accounts.hpp
class Analytics;  // analytics/analytics.hpp
class Directory;  // tenant/directory.hpp
class Events;     // tenant/events.hpp
class Keys;       // tenant/keys.hpp
class Ledger;     // inventory/ledger.hpp
class Listings;   // inventory/listings.hpp
class Members;    // identity/members.hpp
class Offers;     // inventory/offers.hpp
class Orders;     // inventory/orders.hpp
class Prices;     // inventory/prices.hpp
class Settings;   // tenant/settings.hpp
class Stock;      // inventory/stock.hpp
class Sync;       // sync/sync.hpp
class Tenants;    // tenant/tenants.hpp
class Users;      // identity/users.hpp

class Clock;            // ports/clock.hpp
class TenantEngine;     // assembly/tenant_engine.hpp
struct BackupReport;    // ports/database.hpp
struct Principal;       // core/principal.hpp
struct StorageFinding;  // ports/database.hpp
struct Tenant;          // tenant/tenant.hpp

}  // namespace stocktracker::inline v0
