/// @file
/// Keys: shows which keys have sealed what, and replaces them while the store is in use. For the operator.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/error.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

struct MasterKeyUse {
  std::string id;
  bool current = false;     ///< new texts are sealed with it
  bool held = false;        ///< false: the key file, text or command lacks it; what it has sealed cannot be opened
  std::int64_t sealed = 0;  ///< number of tenants' keys that it has sealed; in a single-tenant store, of credentials
  /// True if nothing in this store needs the key. Backups that were made before the rotation still need it.
  [[nodiscard]] bool unused() const noexcept { return !current && sealed == 0; }
};

struct DataKeyUse {
  TenantId tenant;
  std::int64_t number = 0;
  Instant created_at;
  std::optional<Instant> retired_at{};      ///< nullopt: the newest key, which seals
  std::string sealed_by;                    ///< id of the master key
  std::optional<std::int64_t> credentials;  ///< parts that it has sealed; nullopt: the tenant's data cannot be read
  /// True if `discard_unused` would delete it.
  bool removable = false;
};

/// A tenant or key that failed; the others were processed.
struct KeyFailure {
  TenantId tenant;
  Error error;
};

struct KeyStatus {
  std::vector<MasterKeyUse> master;  ///< in the order of the key file, then those that are missing in it
  std::vector<DataKeyUse> data;      ///< ordered by tenant and number; empty in a single-tenant store
  std::vector<KeyFailure> failures;
};

struct KeyRotationOptions {
  /// True: always make a new key. False: if an earlier rotation is unfinished, finish it and make no key.
  bool fresh = false;
};

struct KeyRotationReport {
  std::string current;               ///< id of the master key; empty for data keys
  std::int64_t made = 0;             ///< number of new keys
  bool outside = false;              ///< true: master keys come from outside, so none could be made here
  std::int64_t sealed_anew = 0;      ///< number of tenants' keys, or credentials
  std::int64_t left = 0;             ///< number still sealed by older keys: rotate again
  std::int64_t deleted = 0;          ///< data keys that were no longer needed
  std::vector<KeyFailure> failures;  ///< what could not be sealed again, and why
};

class KeyRotation;

/// Handle; cheap to copy, thread-safe. Every step is a small transaction: a rotation may be interrupted anywhere,
/// continues when it is called again, and blocks nobody. In an engine without keys all calls end with
/// Errc::key_missing. If a master key was stolen, call `rotate_master` first and `rotate_data` then: the thief may have
/// opened data keys.
///
/// @code
/// STK_TRY(const auto rotated, engine.keys().rotate_master());
/// for (const st::KeyFailure& failure : rotated.failures) std::puts(failure.error.text().c_str());
/// STK_TRY(const auto status, engine.keys().status());
/// for (const st::MasterKeyUse& key : status.master) std::printf("%s %d\n", key.id.c_str(), key.unused() ? 1 : 0);
/// @endcode
class STK_API Keys {
 public:
  explicit Keys(std::shared_ptr<KeyRotation> core) noexcept : core_(std::move(core)) {}

  /// Ids and counts, no keys. Reads every tenant's plane; if the context names a tenant, only its data keys.
  [[nodiscard]] Result<KeyStatus> status(const CallContext& context = {}) const;
  /// Makes a fresh master key if the provider can, and uses it to seal again what older ones have sealed: tenants'
  /// keys, or the credentials of a single-tenant store. The older keys stay in the key file; `status` shows which are
  /// unused. Errc::unsupported with `fresh` if keys come from outside.
  [[nodiscard]] Result<KeyRotationReport> rotate_master(const KeyRotationOptions& options = {},
                                                        const CallContext& context = {});
  /// Makes a fresh data key for the context's tenant, or for every tenant, and seals the credentials again with it.
  /// Data keys that were replaced more than an hour ago, and that no credential uses, are deleted. If one tenant fails,
  /// the others are still processed. Errc::unsupported in a single-tenant store, where the master key seals the
  /// credentials itself.
  [[nodiscard]] Result<KeyRotationReport> rotate_data(const KeyRotationOptions& options = {},
                                                      const CallContext& context = {});
  /// Only deletes, as `rotate_data` does. A suspended tenant keeps its keys: a backup that needs them may be restored.
  [[nodiscard]] Result<KeyRotationReport> discard_unused(const CallContext& context = {});

 private:
  std::shared_ptr<KeyRotation> core_;
};

}  // namespace stocktracker::inline v0
