/// @file
/// The credentials of one run, and those that replace them while it is under way.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <stocktracker/ports/http_transport.hpp>

#include "marketplace/accounts_core.hpp"

namespace stocktracker::inline v0::sync_run {

/// Thread-safe. Must not outlive the accounts.
class RunCredentials {
 public:
  /// `used`: those that the run's connector has.
  RunCredentials(const AccountsCore& accounts, Account account, AccountCredentials used, const CallContext& context);

  [[nodiscard]] const Credentials& used() const noexcept { return used_->credentials; }

  /// A transaction found this stamp. May be called in its body.
  void saw(std::string_view stamp);
  /// Reads the stamp now: whether it is another than the one that a request was sent under. What cannot be read is not
  /// another.
  [[nodiscard]] bool replaced_since(std::string_view stamp);

  struct Prepared {
    std::optional<HttpRequest> request{};  ///< nullopt: it is sent as it is
    std::string stamp{};                   ///< of the credentials in it
  };
  /// The request with the present values in its secret headers. Errc::credentials_missing, from then on for every
  /// request, when the present credentials are for another address or are not at hand.
  [[nodiscard]] Result<Prepared> prepare(const HttpRequest& request);

 private:
  using Shared = std::shared_ptr<const AccountCredentials>;
  [[nodiscard]] Result<Shared> present();
  [[nodiscard]] Error end(Error why);

  const AccountsCore& accounts_;
  const Account account_;
  CallContext context_;
  const Shared used_;
  std::mutex mutex_;
  Shared present_;
  std::string seen_;            ///< the stamp that was read last
  std::optional<Error> ended_;  ///< why nothing is sent any more
};

}  // namespace stocktracker::inline v0::sync_run
