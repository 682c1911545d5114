/// @file
/// The contract suite of connectors; the library's own connectors pass it.
#pragma once

#include <memory>
#include <optional>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/marketplace/connector.hpp>
#include <stocktracker/testing/account_truth.hpp>
#include <stocktracker/testing/check.hpp>

namespace stocktracker::inline v0::testing {

/// The suite does not check everything: whether a status means what the marketplace says, only the connector's own
/// tests can know.
///
/// Provides connectors to an account that has offers, at least one seller warehouse, and stock of both kinds; and some
/// orders and prices, if the channel reports them.
///
/// @code
/// class Subject final : public st::testing::ConnectorSubject {
///  public:
///   st::Result<std::shared_ptr<st::Connector>> connector() override { return over(world_.transport()); }
///   std::shared_ptr<st::Connector> through(Middle middle) override { return over(middle(world_.transport())); }
///
///  private:
///   std::shared_ptr<st::Connector> over(std::shared_ptr<st::HttpTransport> transport);
///   st::testing::World world_{{.offers = 20}};
/// };  // then: connector_contract(subject, check)
/// @endcode
class STK_API ConnectorSubject {
 public:
  ConnectorSubject() = default;
  ConnectorSubject(const ConnectorSubject&) = delete;
  ConnectorSubject& operator=(const ConnectorSubject&) = delete;
  virtual ~ConnectorSubject();

  [[nodiscard]] virtual Result<std::shared_ptr<Connector>> connector() = 0;
  /// Puts a transport between a connector and its marketplace.
  using Middle = FunctionRef<std::shared_ptr<HttpTransport>(std::shared_ptr<HttpTransport>)>;
  /// The same account, with its requests sent through `middle`; null if the connector does not use HttpTransport.
  [[nodiscard]] virtual std::shared_ptr<Connector> through(Middle middle) = 0;
  /// For a connector that does not use HttpTransport: the same account, with every request answered with this status;
  /// null if that is not possible.
  [[nodiscard]] virtual std::shared_ptr<Connector> with_status(int status);

  /// What the account holds now. The suite compares complete rows of each list with it: no row may be missing or wrong,
  /// and each position of stock comes once. By default nothing is known. Use an account of ten to thirty offers: every
  /// list is read with many page sizes.
  [[nodiscard]] virtual std::optional<AccountTruth> truth();
  /// How a list is divided into pages. 0: not changed. Reduce sizes above the marketplace's limit to the limit.
  struct Pages {
    int rows = 0;      ///< rows per answer
    int keys = 0;      ///< keys per request, where stock is requested for a list of offers
    int repeated = 0;  ///< rows of a page that come again at the start of the next page
  };
  /// The same account, read in such pages, with its requests sent through `middle`; null (the default) if page sizes
  /// cannot be chosen, or if the marketplace cannot be made to repeat rows.
  [[nodiscard]] virtual std::shared_ptr<Connector> paged(const Pages& pages, Middle middle);
};

/// Every case is named in Check::begin. In addition to plain reading, errors and limits, the suite checks each list
/// that is read as JSON over HTTP: a list with repeated pages ends as a protocol error within a few requests; null
/// lists do no harm; a list under another name is not an empty one; an unreadable row is reported to the sink and all
/// other rows are delivered; a byte order mark is skipped; a refusal without a text is an error with a reason. A key of
/// fewer than 8 bytes cannot be looked for: the suite says so. What a connector or the transport of the subject throws
/// is a failure that says what it said; outside of the checks of lists it ends the suite.
///
/// If the subject knows the truth, each list is compared with it row by row and member by member: unchanged, in pages
/// and batches of many sizes, with rows repeated across page borders, and with numbers as texts if the marketplace
/// writes them so. A lost connection at any request must be an error, and a member that is null must never become a
/// number. If orders are known: each period that is reported as read (OrderSink::covered, OrderCoverage) has been read,
/// also if the reading failed, and none ends in the future (AccountTruth::now); and a status that is unknown, null or
/// missing is no other status. Give the account lines of several statuses, or the last is not noticed.
///
/// The suite sends thousands of requests and does not wait between them. Against a marketplace that enforces limits,
/// give it connectors over HttpPolicies (`middle` around the policies); if a request is answered 429 or 420, the suite
/// says so.
STK_API void connector_contract(ConnectorSubject& subject, Check& check);

}  // namespace stocktracker::inline v0::testing
