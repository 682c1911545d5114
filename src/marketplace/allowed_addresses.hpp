/// Addresses that requests of a channel may reach: the marketplace's hosts, and those that the program allows in
/// addition.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/credentials.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

/// Only the program adds addresses; a tenant's input never does.
class AllowedAddresses {
 public:
  AllowedAddresses() = default;
  /// `bases`: as OpenOptions::allowed_base_urls. `this_machine`: loopback addresses are allowed, too (one seller only).
  AllowedAddresses(std::vector<std::string> bases, bool this_machine)
      : bases_(std::move(bases)), this_machine_(this_machine) {}

  /// How far the request may reach; `hosts`: as ConnectorFactory::hosts. Errc::address_refused has the field base_url.
  [[nodiscard]] Result<Reach> reach_of(std::string_view url, std::span<const std::string> hosts) const;
  /// Errc::address_refused if the credentials have a base URL that is not allowed. If `hosts` is empty, the connector
  /// decides.
  [[nodiscard]] Result<void> check(const Credentials& credentials, std::span<const std::string> hosts) const;

 private:
  std::vector<std::string> bases_{};
  bool this_machine_ = false;
};

}  // namespace stocktracker::inline v0
