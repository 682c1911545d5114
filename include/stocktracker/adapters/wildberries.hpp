/// @file
/// Wildberries: reading of cards, marketplace stock (FBO) and seller warehouses (FBS).
#pragma once

#include <memory>
#include <string>

#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/connector.hpp>

namespace stocktracker::inline v0::wildberries {

/// Host of each API category. A test server or a proxy takes one address for all (`single_host`).
struct Hosts {
  std::string common = "https://common-api.wildberries.ru";
  std::string content = "https://content-api.wildberries.ru";
  std::string analytics = "https://seller-analytics-api.wildberries.ru";
  std::string marketplace = "https://marketplace-api.wildberries.ru";

  [[nodiscard]] STK_API static Hosts single_host(std::string base_url);
};

/// One token for all categories. Wildberries takes it in the header Authorization, without "Bearer".
[[nodiscard]] STK_API Credentials credentials(Secret token);

struct Options {
  Hosts hosts{};
  int cards_per_page = 100;            ///< 1 to 100
  int stock_rows_per_page = 250'000;   ///< 1 to 250,000
  int fbs_offers_per_request = 1'000;  ///< 1 to 1,000

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Makes connectors for accounts of this channel; pass it to OpenOptions::connectors to change its options.
[[nodiscard]] STK_API Result<std::shared_ptr<ConnectorFactory>> make_factory(Options options = {});

/// Batch sizes, limits, penalties, absence rules: data, from the API's documentation of 2026-08-17 and its later notes.
[[nodiscard]] STK_API const Capabilities& capabilities() noexcept;

}  // namespace stocktracker::inline v0::wildberries
