/// RunCredentials: the credentials of one run, and those that replace them while it is in progress.
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
  /// `used`: the credentials of the run's connector.
  RunCredentials(const AccountsCore& accounts, Account account, AccountCredentials used, const CallContext& context);

  [[nodiscard]] const Credentials& used() const noexcept { return used_->credentials; }

  /// Reports the stamp that a transaction has read. May be called in its body.
  void saw(std::string_view stamp);
  /// Reads the stamp now; true if it differs from the stamp that a request was sent with. A stamp that cannot be read
  /// counts as equal.
  [[nodiscard]] bool replaced_since(std::string_view stamp);

  struct Prepared {
    std::optional<HttpRequest> request{};  ///< nullopt: send the request unchanged
    std::string stamp{};                   ///< stamp of the credentials in the request
  };
  /// The request with the present values in its secret headers. Errc::credentials_missing if the present credentials
  /// are for another address or not available; then it is returned for every later request, too.
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
  std::optional<Error> ended_;  ///< why nothing more is sent
};

}  // namespace stocktracker::inline v0::sync_run
