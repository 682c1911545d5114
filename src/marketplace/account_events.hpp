/// Carries the event of a change of an account to the control plane, where schedulers read the directory.
#pragma once

#include <stocktracker/core/ids.hpp>

#include "marketplace/accounts_core.hpp"

namespace stocktracker::inline v0 {

struct AccountChange {
  EventId event;  ///< written in the change's own transaction; the first hint, written before it, has this stamp
  EventId stamp;  ///< of the second hint
};

/// Called after the change was committed. The change is done, so a failure is only logged: the next relay carries the
/// event.
void carry_event(const AccountsCore& core, const AccountChange& change, const CallContext& context);

}  // namespace stocktracker::inline v0
