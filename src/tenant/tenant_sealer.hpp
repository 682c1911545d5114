/// TenantSealer: a data key for each tenant, sealed by the master key.
#pragma once

#include <map>
#include <mutex>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/key_provider.hpp>

namespace stocktracker::inline v0 {

/// Thread-safe. Texts that were sealed with a deleted key cannot be opened any more, in any copy of the tenant's data.
/// `warm` reads or makes the key: sealing happens inside transactions, where no other transaction may begin.
class TenantSealer final : public Sealer {
 public:
  TenantSealer(std::shared_ptr<Sealer> master, std::shared_ptr<Storage> storage, std::shared_ptr<Clock> clock) noexcept
      : master_(std::move(master)), storage_(std::move(storage)), clock_(std::move(clock)) {}
  ~TenantSealer() override;

  /// Reads the tenant's keys, unless they were read in the last 30 s; makes one for a tenant without a key unless the
  /// store is read-only. If another process adds a key, this one seals with the older key for that long.
  [[nodiscard]] Result<void> warm(const TenantId& tenant, const CallContext& context);
  /// Reads the tenant's keys in any case.
  [[nodiscard]] Result<void> refresh(const TenantId& tenant, const CallContext& context);
  void forget(const TenantId& tenant);
  /// Call within a transaction of the control plane.
  [[nodiscard]] static Result<void> destroy(Transaction& tx, std::string_view tenant);

  /// The name of the tenant's key with that number in sealed credentials.
  [[nodiscard]] static std::string name_of(std::int64_t number);
  /// The seal context of the tenant's key with that number; the views must outlive it.
  [[nodiscard]] static SealContext place_of(std::string_view tenant, std::string_view number) noexcept;

  Result<std::string> seal(const Secret& text, const SealContext& context) override;
  /// Looks for an unknown key in the store. Call outside of transactions.
  Result<Secret> open(std::string_view sealed, const SealContext& context) override;
  Result<std::string> key_id(std::string_view sealed) const override { return master_->key_id(sealed); }
  Result<Secret> make_key() override { return master_->make_key(); }
  std::shared_ptr<Sealer> over(std::shared_ptr<KeyProvider> keys) const override {
    return master_->over(std::move(keys));
  }

 private:
  class Keys;
  struct Held {
    std::shared_ptr<Keys> keys;
    std::shared_ptr<Sealer> sealer;
    Instant read_at;
  };
  [[nodiscard]] Held held_of(std::string_view tenant) const;
  [[nodiscard]] Result<std::shared_ptr<Sealer>> sealer_of(std::string_view tenant) const;
  [[nodiscard]] Result<void> make_first(const std::string& id, const CallContext& context);

  const std::shared_ptr<Sealer> master_;
  const std::shared_ptr<Storage> storage_;
  const std::shared_ptr<Clock> clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Held, std::less<>> held_;
};

}  // namespace stocktracker::inline v0
