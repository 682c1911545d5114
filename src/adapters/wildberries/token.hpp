/// The tokens of one account, and the choice of one for each request.
#pragma once

#include <vector>

#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/http/auth.hpp>

#include "marketplace/vendor_credentials.hpp"

namespace stocktracker::inline v0::wildberries {

inline constexpr std::string_view kTokenPart = "token";  ///< or "token:..." for further ones

[[nodiscard]] bool is_token_part(std::string_view name) noexcept;
/// The name under which a token is stored: tokens for the same categories replace each other.
[[nodiscard]] std::string part_name(const Secret& token);

/// Thread-safe; immutable.
class TokenSet final : public Authorizer {
 public:
  /// Errc::credentials_missing if there is no token, invalid_argument for one that cannot be sent in a header.
  [[nodiscard]] static Result<std::shared_ptr<TokenSet>> make(const Credentials& credentials);

  Result<void> authorize(HttpRequest& request, Instant now) override;

  /// True if every token for analytics is of the kind that may not call the main stock method.
  [[nodiscard]] bool only_base_for_analytics(Instant now) const;

 private:
  struct Held {
    Secret token;
    std::optional<TokenFacts> facts;  ///< nullopt: not readable; the marketplace decides
  };
  [[nodiscard]] Result<const Held*> choose(std::string_view category, Instant now) const;

  std::vector<Held> held_;
};

}  // namespace stocktracker::inline v0::wildberries
