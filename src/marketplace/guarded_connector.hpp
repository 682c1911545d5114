/// @file
/// A connector behind two guards: its requests go to allowed addresses alone, and its errors hold no secret.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stocktracker/marketplace/connector.hpp>

#include "marketplace/allowed_addresses.hpp"
#include "marketplace/sent_secrets.hpp"

namespace stocktracker::inline v0 {

/// Refuses a request to another address with Errc::address_refused before anything is sent, says how far the others may
/// reach, and notes the secrets that they carry. Where `hosts` is empty requests pass as the connector
/// made them, unless a tenant has `named` the address: then they reach the public internet and what is allowed.
[[nodiscard]] std::shared_ptr<HttpTransport> guarded_transport(std::shared_ptr<HttpTransport> transport,
                                                               AllowedAddresses allowed, std::vector<std::string> hosts,
                                                               std::shared_ptr<SentSecrets> secrets,
                                                               bool named = false);

/// The one place where answers of a vendor leave as errors: each passes SentSecrets::cleaned, whichever helpers the
/// connector was written with.
[[nodiscard]] std::shared_ptr<Connector> guarded_connector(std::shared_ptr<Connector> connector,
                                                           std::shared_ptr<SentSecrets> secrets);

}  // namespace stocktracker::inline v0
