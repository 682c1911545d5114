/// @file
/// KeyProvider and Sealer: where the key of stored credentials comes from, and what it does.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>

namespace stocktracker::inline v0 {

/// A 256-bit key with the name under which sealed texts remember it.
struct SealingKey {
  std::string id;
  Secret bytes;  ///< 32 raw bytes
};

/// Thread-safe.
class STK_API KeyProvider {
 public:
  KeyProvider() = default;
  KeyProvider(const KeyProvider&) = delete;
  KeyProvider& operator=(const KeyProvider&) = delete;
  virtual ~KeyProvider();

  /// The key for new texts. Errc::key_missing, key_exposed, key_malformed name the file or variable and the remedy.
  [[nodiscard]] virtual Result<SealingKey> current() = 0;
  /// The key that a sealed text names; Errc::key_missing when it is not held any more.
  [[nodiscard]] virtual Result<SealingKey> find(std::string_view id) = 0;
  /// The ids of all keys that are held, the current one first; by default that one alone.
  [[nodiscard]] virtual Result<std::vector<std::string>> ids();
  /// Makes a fresh key the current one, keeps the others, and returns its id. Errc::unsupported where keys come from
  /// outside and only the outside can change them, which is the default.
  [[nodiscard]] virtual Result<std::string> make_current();
};

/// What a sealed text belongs to. Authenticated with it: a text moved to another row does not open.
struct SealContext {
  std::string_view tenant;
  std::string_view table;
  std::string_view column;
  std::string_view row;
};

/// Authenticated encryption of small texts. Thread-safe.
class STK_API Sealer {
 public:
  Sealer() = default;
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;
  virtual ~Sealer();

  /// Bytes that are safe to store.
  [[nodiscard]] virtual Result<std::string> seal(const Secret& text, const SealContext& context) = 0;
  /// Errc::seal_broken for a changed, moved or foreign text, without saying which.
  [[nodiscard]] virtual Result<Secret> open(std::string_view sealed, const SealContext& context) = 0;
  /// The id of the key that a sealed text names; nothing has verified it. Errc::seal_broken for what is no sealed text,
  /// Errc::unsupported by default.
  [[nodiscard]] virtual Result<std::string> key_id(std::string_view sealed) const;
  /// 32 random bytes from the source that keys come from.
  [[nodiscard]] virtual Result<Secret> make_key() = 0;
  /// Another sealer of this kind, over other keys.
  [[nodiscard]] virtual std::shared_ptr<Sealer> over(std::shared_ptr<KeyProvider> keys) const = 0;
};

}  // namespace stocktracker::inline v0
