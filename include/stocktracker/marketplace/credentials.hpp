/// @file
/// Credentials: one or more named secrets of an account.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/secret.hpp>
#include <stocktracker/marketplace/channel.hpp>

namespace stocktracker::inline v0 {

struct CredentialPart {
  std::string name;  ///< "token", "client_id", ... as the channel's connector asks for it
  Secret value;
};

/// Move-only, because Secret is.
///
/// @code
/// st::Credentials credentials;
/// credentials.channel = st::Channel("corner_shop");
/// credentials.parts.push_back({"key", secret.clone()});
/// STK_TRY(const auto shop, engine.accounts().connect(std::move(credentials)));
/// @endcode
struct Credentials {
  Channel channel{};
  std::vector<CredentialPart> parts{};

  /// Null when there is no such part.
  [[nodiscard]] const Secret* find(std::string_view name) const noexcept {
    for (const auto& part : parts) {
      if (part.name == name) return &part.value;
    }
    return nullptr;
  }
};

}  // namespace stocktracker::inline v0
