/// @file
/// KeyProvider and Sealer: the source of keys, and encryption of stored credentials.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>

namespace stocktracker::inline v0 {

/// A 256-bit key, and the name by which sealed texts refer to it.
struct SealingKey {
  std::string id;
  Secret bytes;  ///< 32 raw bytes
};

/// Thread-safe.
///
/// @code
/// STK_TRY(auto keys, st::make_key_file({.path = "shop.key", .create = true}));
/// STK_TRY(auto engine, st::open({.path = "shop.db", .keys = keys}));
/// @endcode
class STK_API KeyProvider {
 public:
  KeyProvider() = default;
  KeyProvider(const KeyProvider&) = delete;
  KeyProvider& operator=(const KeyProvider&) = delete;
  virtual ~KeyProvider();

  /// The key for new texts. Errc::key_missing, key_exposed and key_malformed name the file or variable and the remedy.
  [[nodiscard]] virtual Result<SealingKey> current() = 0;
  /// The key that a sealed text names; Errc::key_missing if the provider no longer has it.
  [[nodiscard]] virtual Result<SealingKey> find(std::string_view id) = 0;
  /// The ids of all keys that the provider has, the current one first. The default returns only the current one.
  [[nodiscard]] virtual Result<std::vector<std::string>> ids();
  /// Makes a fresh key the current one, keeps the others, and returns its id. The default is Errc::unsupported: keys
  /// come from outside and can only be changed there.
  [[nodiscard]] virtual Result<std::string> make_current();
};

/// The row that a sealed text belongs to. It is authenticated with the text: a text moved to another row does not open.
struct SealContext {
  std::string_view tenant;
  std::string_view table;
  std::string_view column;
  std::string_view row;
};

/// Authenticated encryption of small texts. Thread-safe.
///
/// @code
/// STK_TRY(auto keys, st::make_key_file({.path = "shop.key"}));
/// const auto sealer = st::make_sealer(keys);
/// const st::SealContext place{.tenant = "anna", .table = "notes", .column = "text", .row = "1"};
/// STK_TRY(const std::string sealed, sealer->seal(secret, place));
/// STK_TRY(const st::Secret opened, sealer->open(sealed, place));  // in another place: seal_broken
/// @endcode
class STK_API Sealer {
 public:
  Sealer() = default;
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;
  virtual ~Sealer();

  /// Returns bytes that are safe to store.
  [[nodiscard]] virtual Result<std::string> seal(const Secret& text, const SealContext& context) = 0;
  /// Errc::seal_broken for a changed, moved or foreign text, without saying which of these.
  [[nodiscard]] virtual Result<Secret> open(std::string_view sealed, const SealContext& context) = 0;
  /// The key id in a sealed text, not verified. Errc::seal_broken if it is not a sealed text. The default is
  /// Errc::unsupported.
  [[nodiscard]] virtual Result<std::string> key_id(std::string_view sealed) const;
  /// 32 random bytes from the source that keys are made from.
  [[nodiscard]] virtual Result<Secret> make_key() = 0;
  /// A sealer of the same kind with other keys.
  [[nodiscard]] virtual std::shared_ptr<Sealer> over(std::shared_ptr<KeyProvider> keys) const = 0;
};

}  // namespace stocktracker::inline v0
