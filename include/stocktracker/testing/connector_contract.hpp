/// @file
/// The contract suite of connectors: the suite that our own pass.
#pragma once

#include <memory>
#include <optional>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/marketplace/connector.hpp>
#include <stocktracker/testing/account_truth.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// Gives connectors to an account that has offers, at least one seller warehouse, and stock of both kinds; where the
/// channel reports orders and prices, some of these, too.
class STK_API ConnectorSubject {
 public:
  ConnectorSubject() = default;
  ConnectorSubject(const ConnectorSubject&) = delete;
  ConnectorSubject& operator=(const ConnectorSubject&) = delete;
  virtual ~ConnectorSubject();

  [[nodiscard]] virtual Result<std::shared_ptr<Connector>> connector() = 0;
  /// Puts a transport between a connector and its marketplace.
  using Middle = FunctionRef<std::shared_ptr<HttpTransport>(std::shared_ptr<HttpTransport>)>;
  /// The same account, its requests going through `middle`; null when it does not speak HTTP by the port.
  [[nodiscard]] virtual std::shared_ptr<Connector> through(Middle middle) = 0;
  /// For one that does not: the same account where every request is answered with this status; null when it cannot.
  [[nodiscard]] virtual std::shared_ptr<Connector> with_status(int status);

  /// What the account holds now; the suite then compares each list with it, complete rows: none is missing, and none is
  /// untrue; of stock each position comes once. By default nothing is known. Give an account of ten to thirty offers:
  /// every list is read through many page sizes.
  [[nodiscard]] virtual std::optional<AccountTruth> truth();
  /// How a list is cut. 0: as it comes. Sizes beyond what the marketplace allows are to be cut down to that.
  struct Pages {
    int rows = 0;      ///< of an answer
    int keys = 0;      ///< that one request names, where stock is asked for by a list of offers
    int repeated = 0;  ///< rows of a page that come again at the start of the next one
  };
  /// The same account, read in such pages, its requests going through `middle`; null (the default) where the size of
  /// pages cannot be chosen, or where the marketplace cannot be made to repeat rows.
  [[nodiscard]] virtual std::shared_ptr<Connector> paged(const Pages& pages, Middle middle);
};

/// Every case is named in Check::begin. Besides plain reading, errors and limits the suite checks each list that is
/// read as JSON over HTTP: a list of repeated pages ends as a protocol error within a few requests; null lists do no
/// harm; an unreadable row is reported to the sink and all other rows are delivered; a byte order mark is skipped; a
/// refusal without words is an error with a reason.
///
/// Where the subject knows the truth, each list is compared with it row by row and member by member: as it comes, in
/// pages and batches of every interesting size, with rows that repeat over a border, with numbers as texts where the
/// marketplace writes so; lost connections at each request are errors, and members that are null never become numbers.
STK_API void connector_contract(ConnectorSubject& subject, Check& check);

}  // namespace stocktracker::inline v0::testing
