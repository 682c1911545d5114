/// @file
/// A tenant's settings: language, time zone, brand, features, and the default threshold of low stock.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

struct Ports;

/// @code
/// const st::TenantSettings settings{.locale = "en", .zone = "Europe/Berlin", .low_stock = 5};
/// STK_TRY(settings.validate());
/// @endcode
struct TenantSettings {
  std::string locale = "ru";            ///< a BCP 47 tag: "ru", "en", "kk-KZ"
  std::string zone = "Europe/Moscow";   ///< IANA name: defines days in periods and reports; never used for storage
  std::string brand{};                  ///< shown above reports and messages; empty: nothing
  std::vector<std::string> features{};  ///< names of features that are switched on; sorted, without duplicates
  std::int64_t low_stock = 10;          ///< units, up to kMostLowStock: 0 < on hand <= this is low

  static constexpr std::int64_t kMostLowStock = 1'000'000'000;

  /// Reports each invalid field by its name.
  [[nodiscard]] STK_API Result<void> validate() const;
  friend bool operator==(const TenantSettings&, const TenantSettings&) = default;
};

/// Handle; cheap to copy, thread-safe. Works on the context's tenant.
///
/// @code
/// STK_TRY(auto settings, engine.settings().get({.tenant = tenant.id}));
/// settings.zone = "Asia/Almaty";
/// settings.low_stock = 5;
/// STK_TRY(engine.settings().change(settings, {.tenant = tenant.id}));
/// @endcode
class STK_API Settings {
 public:
  explicit Settings(std::shared_ptr<const Ports> ports) noexcept : ports_(std::move(ports)) {}

  /// Defaults if nothing was changed. A stored value that this version refuses is Errc::store_corrupt.
  [[nodiscard]] Result<TenantSettings> get(const CallContext& context = {}) const;
  /// Stores all of them, or none. Settings that only a newer version knows stay unchanged.
  [[nodiscard]] Result<void> change(TenantSettings settings, const CallContext& context = {});

 private:
  std::shared_ptr<const Ports> ports_;
};

}  // namespace stocktracker::inline v0
