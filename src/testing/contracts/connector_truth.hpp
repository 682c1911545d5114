// Each list of a connector beside what the account really holds.
#pragma once

#include <stocktracker/testing/connector_contract.hpp>

namespace stocktracker::inline v0::testing {

// Nothing where the subject knows no truth.
void check_truth(ConnectorSubject& subject, Check& check);

// The connector's capabilities beside those of the truth.
void check_promises(ConnectorSubject& subject, const AccountTruth& truth, Check& check);

// Secrets of the requests stand in no address, body or error.
void check_secrets(ConnectorSubject& subject, Check& check);

}  // namespace stocktracker::inline v0::testing
