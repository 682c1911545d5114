/// @file
/// Wildberries: reading of cards, marketplace stock (FBO), seller warehouses (FBS), orders and prices.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/marketplace/connector.hpp>

namespace stocktracker::inline v0::wildberries {

/// Hosts by API category. For a test server or a proxy, `single_host` gives all of them one address.
struct Hosts {
  std::string common = "https://common-api.wildberries.ru";
  std::string content = "https://content-api.wildberries.ru";
  std::string analytics = "https://seller-analytics-api.wildberries.ru";
  std::string marketplace = "https://marketplace-api.wildberries.ru";
  std::string prices = "https://discounts-prices-api.wildberries.ru";

  [[nodiscard]] STK_API static Hosts single_host(std::string base_url);
};

/// A token of any kind. If a token opens some categories only, connecting the same seller at the same address again
/// adds its categories. Wildberries takes it in the header Authorization, without "Bearer". `base_url`, for a test
/// server or a proxy, replaces all hosts; it belongs to the credentials, must be given with each of them, and must be
/// allowed: OpenOptions::allowed_base_urls.
[[nodiscard]] STK_API Credentials credentials(Secret token, std::string_view base_url = {});

/// Kinds of tokens; limits and rights depend on them.
enum class TokenKind : unsigned char { unknown, base, test, personal, service };
[[nodiscard]] STK_API const char* to_string(TokenKind kind) noexcept;

/// The public part of a token. The signature is not checked: only the marketplace can do that.
///
/// @code
/// STK_TRY(const auto facts, st::wildberries::token_facts(secret));
/// for (const std::string& category : facts.category_names()) std::puts(category.c_str());
/// @endcode
struct TokenFacts {
  TokenKind kind = TokenKind::unknown;
  std::uint64_t categories = 0;  ///< bit n: the category with that number in Wildberries' documentation
  bool read_only = false;
  std::string seller{};  ///< the seller's id (sid)
  std::optional<Instant> expires_at{};

  [[nodiscard]] STK_API std::vector<std::string> category_names() const;
};

/// Errc::invalid_text when it is not a JSON Web Token; the error never contains a part of it.
[[nodiscard]] STK_API Result<TokenFacts> token_facts(const Secret& token);

/// @code
/// STK_TRY(auto factory, st::wildberries::make_factory({.report_patience = 60s}));
/// STK_TRY(auto engine, st::open({.path = "shop.db", .connectors = {factory}}));
/// @endcode
struct Options {
  Hosts hosts{};
  int cards_per_page = 100;            ///< 1 to 100
  int stock_rows_per_page = 250'000;   ///< 1 to 250,000
  int fbs_offers_per_request = 1'000;  ///< 1 to 1,000
  int orders_per_page = 10'000;        ///< 1 to 10,000
  int prices_per_page = 1'000;         ///< cards, 1 to 1,000
  /// How long one call may wait for a report that the marketplace prepares; later calls continue with the same report.
  Duration report_patience = std::chrono::seconds(30);

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Makes connectors for accounts of this channel; pass it to OpenOptions::connectors to change its options.
[[nodiscard]] STK_API Result<std::shared_ptr<ConnectorFactory>> make_factory(Options options = {});

/// Batch sizes and absence rules; source: the API's documentation of 2026-08-17 and its later notes.
[[nodiscard]] STK_API const Capabilities& capabilities() noexcept;

}  // namespace stocktracker::inline v0::wildberries
