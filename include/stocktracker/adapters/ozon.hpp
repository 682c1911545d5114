/// @file
/// Ozon: reading of products, stock on Ozon's warehouses (FBO) and the seller's own (FBS, rFBS), postings, returns and
/// prices; the notifications that Ozon pushes.
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

namespace stocktracker::inline v0::ozon {

/// `client_id` is the number that Ozon's cabinet shows beside the key. `base_url`, for a test server or a proxy,
/// replaces Ozon's host (api-seller.ozon.ru) and is kept with the account: give it again with another key. It must be
/// allowed: OpenOptions::allowed_base_urls.
[[nodiscard]] STK_API Credentials credentials(std::string_view client_id, Secret api_key,
                                              std::string_view base_url = {});

/// @code
/// STK_TRY(auto factory, st::ozon::make_factory({.products_per_page = 100}));
/// STK_TRY(auto engine, st::open({.path = "shop.db", .connectors = {factory}}));
/// @endcode
struct Options {
  std::string host = "https://api-seller.ozon.ru";
  int products_per_page = 1'000;       ///< 1 to 1,000
  int stock_rows_per_page = 1'000;     ///< 1 to 1,000
  int offers_per_fbo_request = 1'000;  ///< 1 to 1,000
  int postings_per_page = 100;         ///< 1 to 100
  int prices_per_page = 1'000;         ///< 1 to 1,000
  /// Ozon does not report when a posting last changed: postings created within this time before the last answer are
  /// read again. At most 300 days.
  Duration restated = std::chrono::hours(24 * 60);

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Makes connectors for accounts of this channel; pass it to OpenOptions::connectors to change its options.
[[nodiscard]] STK_API Result<std::shared_ptr<ConnectorFactory>> make_factory(Options options = {});

/// Batch sizes and absence rules; source: the API's documentation of 2026-08-14 and its later notes.
[[nodiscard]] STK_API const Capabilities& capabilities() noexcept;

/// A quantity in a notification.
struct PushedStock {
  std::int64_t sku = 0;
  std::int64_t product = 0;    ///< 0: not given
  std::int64_t warehouse = 0;  ///< 0: not given, as for Ozon's own warehouses
  std::int64_t present = 0;    ///< reserved units included
  std::int64_t reserved = 0;
  std::optional<Instant> updated_at{};
};

/// A notification from Ozon. It is not signed: use it as a reason to synchronise, never as data.
///
/// @code
/// STK_TRY(const auto push, st::ozon::decode_push(text));
/// if (!push.stock.empty()) {
///   STK_TRY(engine.sync().run(account.id));  // a reason to look, never data
/// }
/// @endcode
struct Push {
  std::string type{};     ///< message_type, e.g. "TYPE_STOCKS_CHANGED"; may be one that this version does not know
  std::string seller{};   ///< Client-Id; empty: not given
  std::string posting{};  ///< posting_number; empty: not about a posting
  std::optional<Instant> at{};
  std::vector<PushedStock> stock{};
};

/// Errc::vendor_schema names the member that cannot be read.
[[nodiscard]] STK_API Result<Push> decode_push(std::string_view body);

}  // namespace stocktracker::inline v0::ozon
