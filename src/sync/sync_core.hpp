/// The parts of the service Sync.
#pragma once

#include <memory>

#include "marketplace/accounts_core.hpp"

namespace stocktracker::inline v0 {

class SyncCore {
 public:
  explicit SyncCore(std::shared_ptr<AccountsCore> given) noexcept : accounts(std::move(given)) {}
  const std::shared_ptr<AccountsCore> accounts;
};

}  // namespace stocktracker::inline v0
