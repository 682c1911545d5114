/// @file
/// Passwords: sets and checks passwords on the executor's cpu lane, so that sign-ins do not stall other work.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>
#include <stocktracker/identity/common_passwords.hpp>
#include <stocktracker/identity/password_hasher.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/executor.hpp>

namespace stocktracker::inline v0 {

struct PasswordOptions {
  /// Bytes of the shortest password that may be set; 8 to 72. A stored shorter one still signs in.
  std::size_t shortest = 10;
  std::shared_ptr<const CommonPasswords> refused{};  ///< none of these may be set; null: no list
  std::size_t most_waiting = 64;                     ///< calls that wait for their turn; more are Errc::overloaded

  [[nodiscard]] STK_API Result<void> validate() const;
};

struct PasswordCheck {
  bool right = false;
  bool outdated = false;  ///< right, and stored with another cost than now: set it again, without asking the user
};

/// Handle; cheap to copy, thread-safe. At most half of the threads of Lane::cpu work for it at a time, one at least;
/// other calls wait for their turn, until their deadline. A call must not come from a task of Lane::cpu, which it would
/// wait for.
///
/// @code
/// STK_TRY(auto hasher, st::make_bcrypt());
/// STK_TRY(const auto passwords, st::Passwords::of(std::move(hasher), executor, clock));
/// STK_TRY(const std::string stored, passwords.hash(secret, {.timeout = 5s}));
/// STK_TRY(const auto check, passwords.verify(secret, stored, {.timeout = 5s}));
/// STK_TRY(const auto nobody, passwords.verify(secret, std::nullopt));  // takes as long, and is never right
/// @endcode
class STK_API Passwords {
 public:
  struct Core;

  /// Hashes once, for the time that a check of nobody's password takes.
  [[nodiscard]] static Result<Passwords> of(std::shared_ptr<const PasswordHasher> hasher,
                                            std::shared_ptr<Executor> executor, std::shared_ptr<Clock> clock,
                                            const PasswordOptions& options = {});

  /// May this password be set? Errc::invalid_argument, field "password", says why not: too short, or one of the common
  /// ones. The hasher's own limits are checked by `hash`.
  [[nodiscard]] Result<void> check_choice(const Secret& password) const;
  /// The text to store. Errors of `check_choice` and of PasswordHasher::hash, Errc::overloaded, and those of the
  /// context. A call that ends before its work ends leaves the work to finish on its thread.
  [[nodiscard]] Result<std::string> hash(const Secret& password, const CallContext& context = {}) const;
  /// `stored` nullopt: there is no such user, or the user has no password; the answer takes as long as for one who has.
  [[nodiscard]] Result<PasswordCheck> verify(const Secret& password, std::optional<std::string_view> stored,
                                             const CallContext& context = {}) const;

 private:
  explicit Passwords(std::shared_ptr<Core> core) noexcept : core_(std::move(core)) {}

  std::shared_ptr<Core> core_;
};

}  // namespace stocktracker::inline v0
