/// @file
/// Which addresses the requests of a channel may go to: the marketplace's hosts, and what the program allows besides.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/credentials.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

/// What a program allows is its own choice; a tenant's word alone never adds to it.
class AllowedAddresses {
 public:
  AllowedAddresses() = default;
  /// `bases` as OpenOptions::allowed_base_urls; `this_machine`: loopback addresses too, where there is one seller.
  AllowedAddresses(std::vector<std::string> bases, bool this_machine)
      : bases_(std::move(bases)), this_machine_(this_machine) {}

  /// How far the request may reach; `hosts` as ConnectorFactory::hosts. Errc::address_refused names field base_url.
  [[nodiscard]] Result<Reach> reach_of(std::string_view url, std::span<const std::string> hosts) const;
  /// Errc::address_refused where the credentials name a base that is not allowed. Where `hosts` is empty the connector
  /// decides.
  [[nodiscard]] Result<void> check(const Credentials& credentials, std::span<const std::string> hosts) const;

 private:
  std::vector<std::string> bases_{};
  bool this_machine_ = false;
};

/// Scheme, host and port of the address in the credentials, to be shown; empty where it has none that can be read.
[[nodiscard]] std::string base_origin(const Credentials& credentials);

}  // namespace stocktracker::inline v0
