/// @file
/// Core, ports, capabilities and the engine; open() makes one (assembly/open.hpp). Include adapters and `testing/` by
/// name.
#pragma once

#include <stocktracker/abi.hpp>  // first: it ends the compilation where the language is older than C++20

#include <stocktracker/analytics/analytics.hpp>
#include <stocktracker/assembly/engine.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/assembly/tenant_engine.hpp>
#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/json_reader.hpp>
#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/money.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/core/problems.hpp>
#include <stocktracker/core/progress_stages.hpp>
#include <stocktracker/core/quantity.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/http/url.hpp>
#include <stocktracker/identity/members.hpp>
#include <stocktracker/identity/permissions.hpp>
#include <stocktracker/identity/users.hpp>
#include <stocktracker/inventory/ledger.hpp>
#include <stocktracker/inventory/listings.hpp>
#include <stocktracker/inventory/offers.hpp>
#include <stocktracker/inventory/orders.hpp>
#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/marketplace/connector.hpp>
#include <stocktracker/ports/ports.hpp>
#include <stocktracker/sync/sync.hpp>
#include <stocktracker/tenant/directory.hpp>
#include <stocktracker/tenant/events.hpp>
#include <stocktracker/tenant/keys.hpp>
#include <stocktracker/tenant/settings.hpp>
#include <stocktracker/tenant/tenants.hpp>
#include <stocktracker/version.hpp>
