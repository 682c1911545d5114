/// @file
/// Connector: the interface to one marketplace, for one account.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/http/limits.hpp>
#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/marketplace/credentials.hpp>
#include <stocktracker/marketplace/odd_row.hpp>
#include <stocktracker/marketplace/offer.hpp>
#include <stocktracker/marketplace/order.hpp>
#include <stocktracker/marketplace/price.hpp>
#include <stocktracker/marketplace/stock_page.hpp>
#include <stocktracker/marketplace/warehouse.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/ports/telemetry.hpp>

namespace stocktracker::inline v0 {

/// What a part of the credentials says about itself; not secret.
struct CredentialFacts {
  std::string part{};                     ///< CredentialPart::name
  std::string kind{};                     ///< the vendor's kind of key, e.g. "personal"; empty: not known
  std::vector<std::string> categories{};  ///< the categories that it permits; empty: not known
  bool read_only = false;
  std::optional<Instant> expires_at{};  ///< nullopt: never, or not known
};

/// The owner of the credentials, as the vendor reports it. The seller key is the account's permanent identity.
struct SellerIdentity {
  std::string key;
  std::string name;
};

/// @code
/// class Titles final : public st::OfferSink {
///  public:
///   st::Result<void> offers(std::span<const st::OfferRow> page) override {
///     for (const st::OfferRow& row : page) titles_.emplace_back(row.title);  // views end with the call
///     return st::success();
///   }
///
///  private:
///   std::vector<std::string> titles_;
/// };
/// @endcode
class STK_API OfferSink : public AnswerSink {
 public:
  ~OfferSink() override;
  /// Receives one page. An offer may come again on a later page; the last row counts.
  [[nodiscard]] virtual Result<void> offers(std::span<const OfferRow> page) = 0;
};

/// @code
/// class Names final : public st::WarehouseSink {
///  public:
///   st::Result<void> warehouses(std::span<const st::WarehouseRow> page) override {
///     for (const st::WarehouseRow& row : page) names_.emplace_back(row.name);
///     return st::success();
///   }
///
///  private:
///   std::vector<std::string> names_;
/// };
/// @endcode
class STK_API WarehouseSink : public AnswerSink {
 public:
  ~WarehouseSink() override;
  [[nodiscard]] virtual Result<void> warehouses(std::span<const WarehouseRow> page) = 0;
};

class STK_API StockSink : public AnswerSink {
 public:
  ~StockSink() override;
  /// Takes one page.
  [[nodiscard]] virtual Result<void> rows(StockPage&& page) = 0;
  /// The connector starts again (a report was rebuilt between its pages): discard all pages so far.
  virtual void restart() = 0;
  /// Shown with the run; the last note counts.
  virtual void note(std::string text);
  /// The instant that the answer describes, if the vendor reports it or it is known to be earlier than the request (a
  /// report that was made before it was fetched). The default is the time of the request.
  virtual void speaks_of(Instant at);
};

/// What to fetch: one source. FBO is one source; each seller warehouse is one.
struct StockQuery {
  StockKind kind = StockKind::fbo;
  std::string_view warehouse{};       ///< FBS: the seller warehouse's key
  std::string_view warehouse_name{};  ///< FBS: its raw name, for the rows
  /// The keys to request; absence says nothing about other keys. Used for FBS, and for FBO with
  /// Capabilities::fbo_by_offers: the offers of the catalogue, and offers that left it and still have stock.
  std::span<const std::string> offers{};
};

/// One account at one marketplace. Rows go to sinks while they are read. A call that returns success has delivered the
/// complete answer; what a failed call has delivered must not be used. Every call checks deadline and stop token
/// between requests. Thread-safe.
///
/// @code
/// STK_TRY(auto factory, st::ozon::make_factory());
/// const auto credentials = st::ozon::credentials("1234", secret.clone());
/// STK_TRY(auto connector, factory->connect(credentials, {transport, clock, telemetry, {}}));
/// STK_TRY(const auto seller, connector->verify_credentials(context));
/// @endcode
class STK_API Connector {
 public:
  Connector() = default;
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;
  virtual ~Connector();

  [[nodiscard]] virtual const Capabilities& capabilities() const noexcept = 0;
  /// Errc::vendor_unauthorized and vendor_forbidden mean that the credentials were refused; other errors say nothing
  /// about them.
  [[nodiscard]] virtual Result<SellerIdentity> verify_credentials(const CallContext& context) = 0;
  [[nodiscard]] virtual Result<void> list_offers(OfferSink& sink, const CallContext& context) = 0;
  [[nodiscard]] virtual Result<void> list_warehouses(WarehouseSink& sink, const CallContext& context) = 0;
  [[nodiscard]] virtual Result<void> fetch_stock(const StockQuery& query, StockSink& sink,
                                                 const CallContext& context) = 0;
  /// Asks the marketplace about rights and expiry that the credentials do not contain themselves. The default makes no
  /// request and returns nothing.
  [[nodiscard]] virtual Result<std::vector<CredentialFacts>> ask_facts(const CallContext& context);
  /// With Capabilities::orders. The answer includes the period it covers: orders outside of it are not known.
  [[nodiscard]] virtual Result<OrderCoverage> fetch_orders(const OrderQuery& query, OrderSink& sink,
                                                           const CallContext& context);
  /// With Capabilities::prices: of every offer that has one.
  [[nodiscard]] virtual Result<void> fetch_prices(PriceSink& sink, const CallContext& context);
  /// True if FBO stock can be fetched only after `list_offers` of this connector has succeeded.
  [[nodiscard]] virtual bool fbo_needs_offers() const noexcept;
};

/// A few texts that a connector keeps for its account between runs: what it has learned, never credentials. Names are
/// UTF-8 of up to 1,024 bytes, values of up to 1 MiB; Errc::invalid_text otherwise.
/// Thread-safe.
///
/// @code
/// class Texts final : public st::AccountMemory {  // for tests; the engine's own keeps them in the store
///  public:
///   st::Result<std::string> get(std::string_view, const st::CallContext&) override { return text_; }
///   st::Result<void> set(std::string_view, std::string_view value, const st::CallContext&) override {
///     text_ = value;
///     return st::success();
///   }
///
///  private:
///   std::string text_;
/// };
/// @endcode
class STK_API AccountMemory {
 public:
  AccountMemory() = default;
  AccountMemory(const AccountMemory&) = delete;
  AccountMemory& operator=(const AccountMemory&) = delete;
  virtual ~AccountMemory();
  /// Empty: nothing is stored under that name.
  [[nodiscard]] virtual Result<std::string> get(std::string_view name, const CallContext& context) = 0;
  [[nodiscard]] virtual Result<void> set(std::string_view name, std::string_view value, const CallContext& context) = 0;
  /// For the point that a reading of orders has reached: it is stored if, and only if, the lines that were given to the
  /// sink before it are stored. Outside of a run it is the same as `set`.
  [[nodiscard]] virtual Result<void> set_on_commit(std::string_view name, std::string_view value,
                                                   const CallContext& context);
};

/// What a connector may use.
struct ConnectorPorts {
  std::shared_ptr<HttpTransport> transport;
  std::shared_ptr<Clock> clock;
  std::shared_ptr<Telemetry> telemetry;
  std::shared_ptr<AccountMemory> memory{};  ///< null: nothing is kept between runs
};

/// Makes connectors of one channel. Thread-safe.
///
/// @code
/// STK_TRY(auto slower, st::ozon::make_factory({.products_per_page = 100}));
/// STK_TRY(auto engine, st::open({.path = "shop.db", .connectors = {slower}}));  // instead of the library's own
/// @endcode
class STK_API ConnectorFactory {
 public:
  ConnectorFactory() = default;
  ConnectorFactory(const ConnectorFactory&) = delete;
  ConnectorFactory& operator=(const ConnectorFactory&) = delete;
  virtual ~ConnectorFactory();

  [[nodiscard]] virtual Channel channel() const noexcept = 0;
  /// Errc::credentials_missing names the missing part. Makes no request.
  [[nodiscard]] virtual Result<std::shared_ptr<Connector>> connect(const Credentials& credentials,
                                                                   const ConnectorPorts& ports) = 0;
  /// What the parts say about themselves; makes no request. The default returns nothing.
  [[nodiscard]] virtual std::vector<CredentialFacts> facts(const Credentials& credentials) const;
  /// Combines `fresh` credentials, which were accepted, with those that the account `held`; both are for the same
  /// address of the API (the part "base_url", or none in both). For another address it is not called. The default
  /// returns the fresh ones.
  [[nodiscard]] virtual Credentials merged(Credentials held, Credentials fresh, Instant now) const;
  /// The hosts of the marketplace's API: exact names, or "*.domain" for every name below a domain; and addresses that
  /// the program itself has chosen instead, as "https://host:port/path". The engine sends the connector's requests only
  /// there, and accepts a base_url in credentials only there (OpenOptions::allowed_base_urls adds to them). A request
  /// to a host uses https on its default port and never reaches a private network (Reach::public_internet). If it is
  /// empty, the default, the connector decides where its requests go, and must not let a tenant's input decide.
  [[nodiscard]] virtual std::vector<std::string> hosts() const;
  /// Limits of a channel that the engine's table does not contain. The default returns none.
  [[nodiscard]] virtual Result<LimitTable> limits() const;
};

}  // namespace stocktracker::inline v0
