/// @file
/// Keys: which keys have sealed what, and replacing them while the store is used. For the operator.
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
  bool current = false;     ///< seals what is new
  bool held = false;        ///< false: the key file, text or command lacks it, and what it has sealed stays closed
  std::int64_t sealed = 0;  ///< tenants' keys that it has sealed; in a store for one, credentials
  /// Nothing in this store needs it any more. Backups that were made before the rotation do.
  [[nodiscard]] bool unused() const noexcept { return !current && sealed == 0; }
};

struct DataKeyUse {
  TenantId tenant;
  std::int64_t number = 0;
  Instant created_at;
  std::optional<Instant> retired_at{};      ///< nullopt: the newest, which seals
  std::string sealed_by;                    ///< the master key's id
  std::optional<std::int64_t> credentials;  ///< parts that it has sealed; nullopt: the tenant's data cannot be read
  /// `discard_unused` would delete it.
  bool removable = false;
};

/// One tenant's, or one key's, failure; the others were done.
struct KeyFailure {
  TenantId tenant;
  Error error;
};

struct KeyStatus {
  std::vector<MasterKeyUse> master;  ///< as the key file lists them, then those that it lacks
  std::vector<DataKeyUse> data;      ///< by tenant and number; none in a store for one
  std::vector<KeyFailure> failures;
};

struct KeyRotationOptions {
  /// A new key even where an earlier rotation is unfinished. Otherwise that one is finished, and no key is made.
  bool fresh = false;
};

struct KeyRotationReport {
  std::string current;               ///< the master key's id; of data keys, empty
  std::int64_t made = 0;             ///< new keys
  bool outside = false;              ///< master keys come from outside: none could be made here
  std::int64_t sealed_anew = 0;      ///< tenants' keys, or credentials
  std::int64_t left = 0;             ///< still sealed by older keys: rotate again
  std::int64_t deleted = 0;          ///< data keys that nothing needed any more
  std::vector<KeyFailure> failures;  ///< what could not be sealed anew, and why
};

class KeyRotation;

/// Handle; cheap to copy, thread-safe. Every step is a small transaction: a rotation may be cut off anywhere, goes on
/// when it is called again, and disturbs nobody. All calls end with Errc::key_missing in an engine without keys.
/// A master key that was stolen calls for both rotations, `rotate_master` first: the thief may have opened data keys.
class STK_API Keys {
 public:
  explicit Keys(std::shared_ptr<KeyRotation> core) noexcept : core_(std::move(core)) {}

  /// Ids and counts, no key. Reads every tenant's plane; with a tenant in the context, its data keys alone.
  [[nodiscard]] Result<KeyStatus> status(const CallContext& context = {}) const;
  /// Makes a fresh master key where the provider can, and seals anew what older ones have sealed: tenants' keys, or in
  /// a store for one its credentials. The older keys stay in the key file; `status` shows which are unused.
  /// Errc::unsupported with `fresh` where keys come from outside.
  [[nodiscard]] Result<KeyRotationReport> rotate_master(const KeyRotationOptions& options = {},
                                                        const CallContext& context = {});
  /// A fresh data key for the context's tenant, or for every one, and its credentials sealed anew. Keys that a newer
  /// one replaced more than an hour ago, and that no credential names, are deleted. One tenant's failure does not stop
  /// the others. Errc::unsupported in a store for one, where the master key seals the credentials itself.
  [[nodiscard]] Result<KeyRotationReport> rotate_data(const KeyRotationOptions& options = {},
                                                      const CallContext& context = {});
  /// Only the deletion of `rotate_data`. A suspended tenant keeps its keys: a backup may be put back that needs them.
  [[nodiscard]] Result<KeyRotationReport> discard_unused(const CallContext& context = {});

 private:
  std::shared_ptr<KeyRotation> core_;
};

}  // namespace stocktracker::inline v0
