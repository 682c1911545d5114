/// @file
/// TenantSealer: a key of its own for each tenant, itself sealed by the master key.
#pragma once

#include <map>
#include <mutex>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/key_provider.hpp>

namespace stocktracker::inline v0 {

/// Thread-safe. What is destroyed with a tenant's key stays closed for ever, in every copy of the tenant's data. A key
/// is read, or made, by `warm`: sealing happens inside transactions, where no other may begin.
class TenantSealer final : public Sealer {
 public:
  TenantSealer(std::shared_ptr<Sealer> master, std::shared_ptr<Storage> storage, std::shared_ptr<Clock> clock) noexcept
      : master_(std::move(master)), storage_(std::move(storage)), clock_(std::move(clock)) {}

  /// Reads the tenant's key; makes one for a tenant that has none unless the store is only read.
  [[nodiscard]] Result<void> warm(const TenantId& tenant, const CallContext& context);
  void forget(const TenantId& tenant);
  /// Within a transaction of the control plane.
  [[nodiscard]] static Result<void> destroy(Transaction& tx, std::string_view tenant);

  Result<std::string> seal(const Secret& text, const SealContext& context) override;
  Result<Secret> open(std::string_view sealed, const SealContext& context) override;
  Result<Secret> make_key() override { return master_->make_key(); }
  std::shared_ptr<Sealer> over(std::shared_ptr<KeyProvider> keys) const override {
    return master_->over(std::move(keys));
  }

 private:
  [[nodiscard]] Result<std::shared_ptr<Sealer>> sealer_of(std::string_view tenant) const;

  const std::shared_ptr<Sealer> master_;
  const std::shared_ptr<Storage> storage_;
  const std::shared_ptr<Clock> clock_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Sealer>, std::less<>> sealers_;
};

}  // namespace stocktracker::inline v0
