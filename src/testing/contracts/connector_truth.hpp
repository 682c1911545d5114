// Compares each list of a connector with what the account really holds.
#pragma once

#include <stocktracker/testing/connector_contract.hpp>

namespace stocktracker::inline v0::testing {

// Does nothing if the subject knows no truth.
void check_truth(ConnectorSubject& subject, Check& check);

// Compares the connector's capabilities with those of the truth.
void check_promises(ConnectorSubject& subject, const AccountTruth& truth, Check& check);

// Checks the periods that are reported as read, and statuses that are not known. Does nothing if no orders are known.
void check_orders(ConnectorSubject& subject, const AccountTruth& truth, Check& check);

// Checks that no address, body or error contains a secret of the requests.
void check_secrets(ConnectorSubject& subject, Check& check);

}  // namespace stocktracker::inline v0::testing
