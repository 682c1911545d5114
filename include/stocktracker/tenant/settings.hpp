/// @file
/// What a tenant has chosen: how it is spoken to, and from where on its stock counts as low.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

struct Ports;

struct TenantSettings {
  std::string locale = "ru";            ///< a BCP 47 tag: "ru", "en", "kk-KZ"
  std::string zone = "Europe/Moscow";   ///< IANA name: what a day is in periods and reports; never for storage
  std::string brand{};                  ///< shown above reports and messages; empty: none
  std::vector<std::string> features{};  ///< switched on, by name; sorted, each once
  std::int64_t low_stock = 10;          ///< units: 0 < on hand <= this is low

  /// Each field that is wrong, by its name.
  [[nodiscard]] STK_API Result<void> validate() const;
  friend bool operator==(const TenantSettings&, const TenantSettings&) = default;
};

/// Handle; cheap to copy, thread-safe. Of the context's tenant.
class STK_API Settings {
 public:
  explicit Settings(std::shared_ptr<const Ports> ports) noexcept : ports_(std::move(ports)) {}

  /// Defaults where nothing was chosen. A stored value that this version refuses is Errc::store_corrupt.
  [[nodiscard]] Result<TenantSettings> get(const CallContext& context = {}) const;
  /// All of them, or none. Settings of a newer version stay untouched.
  [[nodiscard]] Result<void> change(TenantSettings settings, const CallContext& context = {});

 private:
  std::shared_ptr<const Ports> ports_;
};

}  // namespace stocktracker::inline v0
