/// The parts of the service Sync.
#pragma once

#include <memory>

#include "marketplace/accounts_core.hpp"

namespace stocktracker::inline v0 {

class SyncCore {
 public:
  /// `longest_wait`: a run waits so long for a source that a marketplace has asked it to leave alone; the same as the
  /// longest wait of one request (RetryPolicy::max_wait).
  SyncCore(std::shared_ptr<AccountsCore> given, Duration longest_wait) noexcept
      : accounts(std::move(given)), max_wait(longest_wait) {}
  /// The same for other accounts: for the handle of one tenant.
  SyncCore(std::shared_ptr<AccountsCore> given, const SyncCore& whole) noexcept
      : SyncCore(std::move(given), whole.max_wait) {}

  const std::shared_ptr<AccountsCore> accounts;
  const Duration max_wait;
};

}  // namespace stocktracker::inline v0
