/// The credentials of an account: Client-Id and Api-Key.
#pragma once

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/http/auth.hpp>

#include "marketplace/vendor_credentials.hpp"

namespace stocktracker::inline v0::ozon {

inline constexpr std::string_view kClientIdPart = "client_id";
inline constexpr std::string_view kApiKeyPart = "api_key";

/// Thread-safe; immutable.
class Keys final : public Authorizer {
 public:
  /// Errc::credentials_missing names the missing part, invalid_argument one that cannot be sent in a header.
  [[nodiscard]] static Result<std::shared_ptr<Keys>> make(const Credentials& credentials);

  Result<void> authorize(HttpRequest& request, Instant now) override;
  [[nodiscard]] const std::string& client_id() const noexcept { return client_id_; }

 private:
  std::string client_id_;
  Secret api_key_;
};

}  // namespace stocktracker::inline v0::ozon
