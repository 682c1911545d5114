/// The key of a cabinet, and the owner of the limits that its requests use.
#pragma once

#include <mutex>

#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/http/auth.hpp>

#include "marketplace/vendor_credentials.hpp"

namespace stocktracker::inline v0::yandex_market {

inline constexpr std::string_view kApiKeyPart = "api_key";
inline constexpr std::string_view kBusinessPart = "business";

/// Thread-safe.
class Key final : public Authorizer {
 public:
  /// Errc::credentials_missing names the missing part, invalid_argument one that cannot be sent in a header.
  [[nodiscard]] static Result<std::shared_ptr<Key>> make(const Credentials& credentials);

  Result<void> authorize(HttpRequest& request, Instant now) override;
  /// 0: not given.
  [[nodiscard]] std::int64_t named_business() const noexcept { return business_; }
  /// Limits belong to the cabinet: from now on all its keys use the same ones.
  void belongs_to(std::int64_t business);

 private:
  Secret key_;
  std::int64_t business_ = 0;
  std::mutex mutex_;
  std::string owner_;
};

}  // namespace stocktracker::inline v0::yandex_market
