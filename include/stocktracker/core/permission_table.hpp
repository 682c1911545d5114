/// @file
/// The table of permissions: the name of each, and what it permits. docs/permissions.md is made from it and from
/// identity/permissions.hpp, which says what role has which.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <stocktracker/core/principal.hpp>

namespace stocktracker::inline v0 {

struct PermissionInfo {
  Permission permission;
  const char* name;
  std::string_view permits;
};

// clang-format off
inline constexpr std::array kPermissionTable{
    PermissionInfo{Permission::stock_read, "stock.read",
                   "See levels, totals, the ledger and stock health."},
    PermissionInfo{Permission::stock_write, "stock.write",
                   "Publish stock to marketplaces, and undo that."},
    PermissionInfo{Permission::orders_read, "orders.read",
                   "See order lines, and how orders explain a movement."},
    PermissionInfo{Permission::prices_read, "prices.read",
                   "See prices."},
    PermissionInfo{Permission::prices_write, "prices.write",
                   "Publish prices to marketplaces, and undo that."},
    PermissionInfo{Permission::catalogue_read, "catalogue.read",
                   "See offers, the products they belong to, and their thresholds."},
    PermissionInfo{Permission::catalogue_change, "catalogue.change",
                   "Decide which offers are the same product; set thresholds of offers."},
    PermissionInfo{Permission::account_read, "account.read",
                   "See accounts, their health and limits, and facts about their credentials; never the credentials."},
    PermissionInfo{Permission::account_connect, "account.connect",
                   "Connect an account, or replace its credentials."},
    PermissionInfo{Permission::account_rename, "account.rename",
                   "Give an account another label."},
    PermissionInfo{Permission::account_disconnect, "account.disconnect",
                   "Disconnect an account: its credentials are deleted, its data stay."},
    PermissionInfo{Permission::sync_read, "sync.read",
                   "See runs and their sources."},
    PermissionInfo{Permission::sync_run, "sync.run",
                   "Plan and start runs; accept or refuse an answer that a run holds."},
    PermissionInfo{Permission::sync_release, "sync.release",
                   "Free an account from a run that ended without a record, or stop its run."},
    PermissionInfo{Permission::ledger_retain, "ledger.retain",
                   "Remove old ledger entries."},
    PermissionInfo{Permission::settings_read, "settings.read",
                   "See the settings of the tenant."},
    PermissionInfo{Permission::settings_change, "settings.change",
                   "Change the settings of the tenant."},
    PermissionInfo{Permission::events_read, "events.read",
                   "Follow the events of the tenant."},
    PermissionInfo{Permission::export_create, "export.create",
                   "Write data and reports into files."},
    PermissionInfo{Permission::job_read, "job.read",
                   "See jobs and schedules."},
    PermissionInfo{Permission::job_run, "job.run",
                   "Start, cancel, retry and pause jobs and schedules."},
    PermissionInfo{Permission::webhook_manage, "webhook.manage",
                   "Change endpoints of outgoing webhooks and their secrets; send deliveries again."},
    PermissionInfo{Permission::notice_manage, "notice.manage",
                   "Change the tenant's rules and channels of notices."},
    PermissionInfo{Permission::member_read, "member.read",
                   "See members and their roles."},
    PermissionInfo{Permission::member_invite, "member.invite",
                   "Invite members, and withdraw invitations."},
    PermissionInfo{Permission::member_change, "member.change",
                   "Change the role of a member below owner."},
    PermissionInfo{Permission::member_remove, "member.remove",
                   "Remove a member below owner."},
    PermissionInfo{Permission::session_revoke, "session.revoke",
                   "See and end sessions of other members."},
    PermissionInfo{Permission::apikey_manage, "apikey.manage",
                   "Create, list and revoke keys of programs."},
    PermissionInfo{Permission::audit_read, "audit.read",
                   "See and export the audit."},
    PermissionInfo{Permission::billing_read, "billing.read",
                   "See invoices and means of payment."},
    PermissionInfo{Permission::billing_manage, "billing.manage",
                   "Choose the plan, pay, end the subscription."},
    PermissionInfo{Permission::tenant_rename, "tenant.rename",
                   "Give the tenant another name."},
    PermissionInfo{Permission::tenant_remove, "tenant.remove",
                   "Remove the tenant and all of its data."},
    PermissionInfo{Permission::ownership_transfer, "ownership.transfer",
                   "Make another member an owner; give up the own ownership."},
};
// clang-format on

namespace detail {
constexpr bool permissions_in_order() {
  for (std::size_t i = 0; i < kPermissionTable.size(); ++i) {
    if (kPermissionTable[i].permission != static_cast<Permission>(i)) return false;
  }
  return kPermissionTable.size() == kPermissionCount;
}
static_assert(permissions_in_order(), "a row of the table of permissions is missing, or is in another place");
}  // namespace detail

}  // namespace stocktracker::inline v0
