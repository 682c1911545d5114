/// @file
/// Sealing of stored credentials with AES-256-GCM, and where its keys come from: a file, a text, a command. Crypto for
/// protocols.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/crypto.hpp>
#include <stocktracker/ports/key_provider.hpp>

namespace stocktracker::inline v0 {

/// @code
/// STK_TRY(auto keys, st::make_key_file({.path = "shop.key", .create = true}));  // mode 0600; keep a copy elsewhere
/// STK_TRY(auto engine, st::open({.path = "shop.db", .keys = keys}));
/// @endcode
struct KeyFileOptions {
  /// One line per key, `ID BASE64-OF-32-BYTES`; the first is current, the others still open old texts. Mode 0600.
  std::string path{};
  /// Make the file with a fresh key when it is missing.
  bool create = false;

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// The file is read again when it has changed: a key that another process adds is used from the next sealing on. While
/// the file is missing or malformed, keys that were read before still open, and sealing is refused. `make_current`
/// writes a fresh line above the others: it replaces the file by a new one in one step, with the same owner and mode.
/// Processes that do so at the same moment wait for each other.
[[nodiscard]] STK_API Result<std::shared_ptr<KeyProvider>> make_key_file(KeyFileOptions options);
/// Keys from a text of the same form, for programs that read them from their environment; the library reads no
/// environment variables. `origin` names the variable in errors.
[[nodiscard]] STK_API Result<std::shared_ptr<KeyProvider>> make_key_text(const Secret& text, std::string_view origin);

/// An environment variable of a key command. Its value may be what the command signs in with.
struct KeyCommandVariable {
  std::string name;
  Secret value;
};

/// @code
/// st::KeyCommandOptions options{.command = {"/usr/local/bin/fetch-key", "house"}, .timeout = 10s};
/// options.environment.push_back({"VAULT_TOKEN", secret.clone()});
/// STK_TRY(auto keys, st::make_key_command(std::move(options)));
/// @endcode
struct KeyCommandOptions {
  /// The program, by its absolute path, and its arguments, which other users of the machine can read: no secrets there.
  /// No shell is involved.
  std::vector<std::string> command{};
  /// The complete environment of the command; nothing is inherited.
  std::vector<KeyCommandVariable> environment{};
  Duration timeout = std::chrono::seconds(30);  ///< 100 ms to 10 min; then the command and its children are killed
  /// Sealing runs the command again after this long, so that a key that was made outside becomes current here. 10 s or
  /// more.
  Duration refresh = std::chrono::minutes(10);
  /// If it is requested, a running command and its children are killed and the call ends with Errc::cancelled; no
  /// further command starts.
  std::stop_token stop{};

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Keys that a command prints in the form of a key file, up to 64 KiB: use it with a key management service. The
/// command runs once during this call, again when a key is needed that is not known (at most every 10 s), and as
/// `refresh` says; in between the keys stay in memory. It gets no input, and what it writes to standard error is
/// discarded. Errc::key_command_failed: the command cannot be run, fails, prints too much or takes too long. If it
/// fails later, keys that it printed before stay in use.
[[nodiscard]] STK_API Result<std::shared_ptr<KeyProvider>> make_key_command(KeyCommandOptions options);

/// `keys` must be set. Texts up to 1 MiB. Each text gets a random nonce, so one key seals at most some billions of
/// texts.
[[nodiscard]] STK_API std::shared_ptr<Sealer> make_sealer(std::shared_ptr<KeyProvider> keys);

/// Crypto over OpenSSL 3. Make one and share it: it keeps the algorithms that it has found.
[[nodiscard]] STK_API std::shared_ptr<Crypto> make_crypto();

}  // namespace stocktracker::inline v0
