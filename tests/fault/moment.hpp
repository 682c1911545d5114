// Sellers of three marketplaces, and the moments of their store: connected, synchronised, and after whatever befell it.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/support/amiss.hpp"
#include "tests/support/catch.hpp"

inline constexpr int kAccounts = 3;
inline const stocktracker::Channel kChannels[kAccounts] = {
    stocktracker::Channel::wildberries, stocktracker::Channel::ozon, stocktracker::Channel::yandex_market};
inline constexpr auto kSecondDay = std::chrono::hours(24);
inline constexpr auto kAfterwards = std::chrono::hours(30);  // leases of the dead have run out

// How the stores of a scenario are opened: a file of one seller, a folder of two tenants, or what `make` makes.
struct Stores {
  bool tenants = false;
  int offers = 40;       // of each seller
  bool emptied = false;  // Wildberries reports no stock at all: the guard holds that
  std::function<std::shared_ptr<stocktracker::Storage>()> make;
};
inline Stores stores;

inline stocktracker::testing::WorldOptions shape(int account) {
  return {.seed = static_cast<std::uint64_t>(31 + account),
          .offers = stores.offers,
          .marketplace_warehouses = 3,
          .channels = {kChannels[account]}};
}

// Each seller lives in a world of its own, on a marketplace of its own: a request goes to the world that gave its
// token.
class Sellers final : public stocktracker::HttpTransport {
 public:
  explicit Sellers(stocktracker::Duration after) {
    for (int n = 0; n < kAccounts; ++n) {
      worlds_.push_back(std::make_unique<stocktracker::testing::World>(shape(n)));
      worlds_.back()->clock()->advance(after);
      if (stores.emptied && kChannels[n] == stocktracker::Channel::wildberries) {
        worlds_.back()->empty_report_until(worlds_.back()->clock()->now() + std::chrono::hours(1));
      }
      tokens_.push_back(token(n));
    }
  }
  stocktracker::Result<stocktracker::HttpResponse> send(const stocktracker::HttpRequest& request,
                                                        const stocktracker::CallContext& context) override {
    for (std::size_t n = 0; n < tokens_.size(); ++n) {
      for (const auto& header : request.secret_headers) {
        if (header.value.reveal() == tokens_[n].reveal()) return worlds_[n]->transport()->send(request, context);
      }
    }
    return stocktracker::Errc::connect_failed;
  }
  [[nodiscard]] stocktracker::Secret token(int seller) const {
    return worlds_[static_cast<std::size_t>(seller)]->token(kChannels[seller]);
  }
  [[nodiscard]] stocktracker::Credentials credentials(int seller) const {
    if (kChannels[seller] == stocktracker::Channel::ozon) {
      const std::string client = worlds_[static_cast<std::size_t>(seller)]->seller(stocktracker::Channel::ozon);
      return stocktracker::ozon::credentials(client, token(seller));
    }
    if (kChannels[seller] == stocktracker::Channel::yandex_market)
      return stocktracker::yandex_market::credentials(token(seller));
    return stocktracker::wildberries::credentials(token(seller));
  }
  [[nodiscard]] std::shared_ptr<stocktracker::Clock> clock() const { return worlds_.front()->clock(); }

 private:
  std::vector<std::unique_ptr<stocktracker::testing::World>> worlds_;
  std::vector<stocktracker::Secret> tokens_;
};

// A moment in the life of a store with several sellers.
struct Moment {
  explicit Moment(const std::string& in, stocktracker::Duration after = {})
      : folder(in),
        sellers(std::make_shared<Sellers>(after)),
        engine(stocktracker::open(
            {.path = stores.make ? std::string() : folder + (stores.tenants ? "/house/" : "/shop.db"),
             .storage = stores.make ? stores.make() : nullptr,
             .key_file = folder + "/shop.key",
             .limits = stocktracker::LimitTable{},
             .transport = sellers,
             .clock = sellers->clock(),
             .random =
                 std::make_shared<stocktracker::testing::SeededRandom>(static_cast<std::uint64_t>(after.count()) + 1),
             .executor = stocktracker::make_inline_executor()})) {}

  // Of two tenants the first has the accounts 0 and 2, the second has 1.
  static std::string tenant_of(int account) { return account == 1 ? "boris" : "anna"; }
  [[nodiscard]] stocktracker::Result<stocktracker::CallContext> as(int account) const {
    stocktracker::CallContext context;
    if (!stores.tenants) return context;
    STK_TRY(const auto tenant, engine.value().tenants().find(tenant_of(account)));
    context.tenant = tenant.id;
    return context;
  }
  stocktracker::Result<void> connect(int account) {
    if (stores.tenants && !engine.value().tenants().find(tenant_of(account))) {
      STK_TRY(engine.value().tenants().create(tenant_of(account)));
    }
    STK_TRY(const auto context, as(account));
    auto made = engine.value().accounts().connect(sellers->credentials(account),
                                                  {.label = "shop " + std::to_string(account)}, context);
    if (!made) return std::move(made).error();
    return stocktracker::success();
  }
  [[nodiscard]] std::optional<stocktracker::AccountId> find(int account) const {
    const auto context = as(account);
    if (!context) return std::nullopt;
    const auto found = engine.value().accounts().find("shop " + std::to_string(account), context.value());
    if (found) return found.value().id;
    return std::nullopt;
  }
  [[nodiscard]] stocktracker::Result<stocktracker::SyncRun> run(int account) const {
    STK_TRY(const auto context, as(account));
    return engine.value().sync().run(*find(account), {.orders = true, .prices = true}, context);
  }
  stocktracker::Result<void> sync(int account) {
    auto done = run(account);
    if (!done) return std::move(done).error();
    return stocktracker::success();
  }

  std::string folder;
  std::shared_ptr<Sellers> sellers;
  stocktracker::Result<stocktracker::Engine> engine;
};

using Picture = std::map<std::string, std::string>;

inline void add_account(Picture& all, const stocktracker::Engine& engine, const stocktracker::Account& account,
                        const stocktracker::CallContext& context) {
  const auto positions = engine.stock().positions({.account = account.id}, context).collect().value();
  for (const auto& p : positions) {
    // Who has never seen a position that is sold out does not know of it.
    if (p.on_hand && p.on_hand->units() == 0) continue;
    all[account.label + "/" + p.offer.key + "@" + p.warehouse.key] =
        (p.on_hand ? std::to_string(p.on_hand->units()) : "?") + "/" + std::to_string(static_cast<int>(p.state));
  }
  const auto lines = engine.orders().lines({.account = account.id}, context).collect().value();
  for (const auto& line : lines) {
    all[account.label + "/order " + line.key] = line.offer + " " + std::to_string(line.quantity) + " " +
                                                to_string(line.status) + " " + std::to_string(line.changed_at.micros());
  }
  const auto prices = engine.prices().list({.account = account.id}, context).collect().value();
  for (const auto& price : prices) all[account.label + "/price of " + price.offer] = price.price.text();
}

inline Picture picture(const Moment& moment) {
  Picture all;
  const stocktracker::Engine& engine = moment.engine.value();
  for (const int first_of_tenant : {0, 1}) {
    if (first_of_tenant == 1 && !stores.tenants) break;
    const auto context = moment.as(first_of_tenant).value();
    const auto accounts = engine.accounts().list(context).collect().value();
    REQUIRE(accounts.size() == (!stores.tenants ? 3 : first_of_tenant == 0 ? 2 : 1));
    for (const auto& account : accounts) add_account(all, engine, account, context);
  }
  return all;
}

// Which shops a picture has stock, orders and prices of: nine things, or what is compared with it shows less.
inline std::set<std::string> kinds_in(const Picture& picture) {
  std::set<std::string> kinds;
  for (const auto& [key, value] : picture) {
    kinds.insert(key.substr(0, key.find('/')) + (key.find("/order ") != std::string::npos      ? " orders"
                                                 : key.find("/price of ") != std::string::npos ? " prices"
                                                                                               : " stock"));
  }
  return kinds;
}

inline void check_sound(const Moment& moment) {
  const stocktracker::Engine& engine = moment.engine.value();
  REQUIRE(amiss(engine.doctor()) == "");
  for (const int account : {0, 1}) {
    const auto context = moment.as(account);
    if (context) REQUIRE(engine.ledger().verify(context.value()).value().broken == 0);
  }
}

// The marketplace's own stock of an account, as it is known.
inline Picture stock_of(const Moment& moment, int account) {
  if (!moment.engine) FAIL("open: " << moment.engine.error().text());
  check_sound(moment);
  Picture all;
  const auto positions = moment.engine.value()
                             .stock()
                             .positions({.account = moment.find(account), .kind = stocktracker::StockKind::fbo},
                                        moment.as(account).value())
                             .collect()
                             .value();
  for (const auto& p : positions) all[p.offer.key + "@" + p.warehouse.key] = std::to_string(p.on_hand->units());
  return all;
}

// A run on the second day, at which Wildberries reports that it has no stock at all.
inline stocktracker::Result<void> held_run(const std::string& folder) {
  stores.emptied = true;
  Moment moment(folder, kSecondDay);
  stores.emptied = false;
  if (!moment.engine) return std::move(moment.engine).error();
  STK_TRY(const auto run, moment.run(0));
  if (run.state == stocktracker::RunState::held) return stocktracker::success();
  return stocktracker::Error(stocktracker::Errc::internal, "the guard did not hold it");
}

// Opens the store after whatever happened to it, and brings every account up to date.
inline Picture carry_on(const std::string& folder) {
  Moment later(folder, kAfterwards);
  if (!later.engine) FAIL("open: " << later.engine.error().text());
  check_sound(later);
  for (int n = 0; n < kAccounts; ++n) {
    if (!later.find(n)) {
      const auto connected = later.connect(n);
      if (!connected) FAIL("connect: " << connected.error().text());
    }
    const auto run = later.run(n);
    if (!run) FAIL("sync: " << run.error().text());
    INFO(run.value().to_json());
    REQUIRE(run.value().state == stocktracker::RunState::ok);
  }
  check_sound(later);
  return picture(later);
}

inline stocktracker::Result<void> each(const std::string& folder, stocktracker::Duration after,
                                       stocktracker::Result<void> (Moment::*what)(int)) {
  Moment moment(folder, after);
  if (!moment.engine) return std::move(moment.engine).error();
  for (int n = 0; n < kAccounts; ++n) {
    STK_TRY((moment.*what)(n));
  }
  return stocktracker::success();
}
