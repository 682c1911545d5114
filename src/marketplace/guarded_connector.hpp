/// A connector behind two guards: its requests reach allowed addresses only, and its errors contain no secret.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stocktracker/marketplace/connector.hpp>

#include "marketplace/allowed_addresses.hpp"
#include "marketplace/sent_secrets.hpp"

namespace stocktracker::inline v0 {

/// Refuses a request to another address with Errc::address_refused before anything is sent, limits how far other
/// requests may reach, and notes their secrets. If `hosts` is empty, requests pass unchanged, unless a tenant has
/// `named` the address: then they may reach the public internet and allowed addresses.
[[nodiscard]] std::shared_ptr<HttpTransport> guarded_transport(std::shared_ptr<HttpTransport> transport,
                                                               AllowedAddresses allowed, std::vector<std::string> hosts,
                                                               std::shared_ptr<SentSecrets> secrets,
                                                               bool named = false);

/// The only place where a vendor's answers leave as errors: each error passes SentSecrets::cleaned, however the
/// connector was written.
[[nodiscard]] std::shared_ptr<Connector> guarded_connector(std::shared_ptr<Connector> connector,
                                                           std::shared_ptr<SentSecrets> secrets);

}  // namespace stocktracker::inline v0
