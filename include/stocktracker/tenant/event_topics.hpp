/// @file
/// The topics of events (tenant/events.hpp) with the version and the members of their payloads.
#pragma once

#include <span>
#include <string_view>

namespace stocktracker::inline v0 {

inline constexpr std::string_view kAccountConnected = "account.connected";
inline constexpr std::string_view kAccountDisconnected = "account.disconnected";
inline constexpr std::string_view kSyncFinished = "sync.finished";
inline constexpr std::string_view kTenantSuspended = "tenant.suspended";
inline constexpr std::string_view kTenantResumed = "tenant.resumed";
inline constexpr std::string_view kTenantRestored = "tenant.restored";
inline constexpr std::string_view kTenantQuarantined = "tenant.quarantined";

/// What a payload of this version has besides its own `version`. A version is raised when a member disappears or
/// changes its meaning; a member that is added does not raise it.
struct EventTopic {
  std::string_view name;
  int version = 1;
  std::span<const std::string_view> members{};  ///< in their order in the payload
};

inline constexpr std::string_view kAccountMembers[] = {"account", "channel"};
inline constexpr std::string_view kSyncMembers[] = {"run", "account", "state", "added", "changed", "zeroed", "kept"};

// clang-format off
/// Every topic that this release publishes.
///
/// | Topic                | Version | Members                                           | Published when                                |
/// |----------------------|---------|---------------------------------------------------|-----------------------------------------------|
/// | account.connected    | 1       | account, channel                                  | an account was connected                      |
/// | account.disconnected | 1       | account, channel                                  | an account was disconnected                   |
/// | sync.finished        | 1       | run, account, state, added, changed, zeroed, kept | a run changed something, or somebody must act |
/// | tenant.suspended     | 1       | none                                              | the operator suspended it                     |
/// | tenant.resumed       | 1       | none                                              | a suspension or quarantine ended              |
/// | tenant.restored      | 1       | none                                              | it has the data of a backup                   |
/// | tenant.quarantined   | 1       | none                                              | its data are damaged and closed               |
///
/// `account` and `run` are ids, `channel` is its code, `state` is the text of a RunState; the others are numbers of
/// positions.
inline constexpr EventTopic kEventTopics[] = {
    {kAccountConnected, 1, kAccountMembers},
    {kAccountDisconnected, 1, kAccountMembers},
    {kSyncFinished, 1, kSyncMembers},
    {kTenantSuspended},
    {kTenantResumed},
    {kTenantRestored},
    {kTenantQuarantined},
};
// clang-format on

/// Null for a topic that this release does not know: a newer release wrote the event.
[[nodiscard]] constexpr const EventTopic* event_topic(std::string_view name) noexcept {
  for (const EventTopic& topic : kEventTopics) {
    if (topic.name == name) return &topic;
  }
  return nullptr;
}

}  // namespace stocktracker::inline v0
