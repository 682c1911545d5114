// One seller on three marketplaces: what was ordered, how long the stock lasts, and which offers are one product.
#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/world.hpp>

#include <cstdio>

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

st::Result<void> show_health(const st::Engine& engine, const st::Account& account) {
  // Orders are not counted if the period is not completely known: days of stock are unknown then, never a guess.
  STK_TRY(const auto health, engine.analytics().stock_health({.account = account.id, .days = 7}));
  std::printf("%s: score %s, %lld out, %lld low of %lld offers\n", account.label.c_str(),
              st::tenths_text(health.score_tenths).c_str(), static_cast<long long>(health.out),
              static_cast<long long>(health.low), static_cast<long long>(health.offers));
  for (std::size_t n = 0; n < health.by_offer.size() && n < 3; ++n) {
    const st::OfferHealth& offer = health.by_offer[n];
    std::printf("  %-24s %4lld on hand, %3lld ordered in 7 days: %s\n", offer.article.c_str(),
                static_cast<long long>(offer.on_hand.value_or(-1)), static_cast<long long>(offer.orders.value_or(-1)),
                offer.days.text().c_str());
  }
  return st::success();
}

st::Result<void> run() {
  st::testing::World world({.seed = 5,
                            .offers = 40,
                            .orders_per_offer_day_x100 = 120,
                            .channels = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market}});
  STK_TRY(auto engine, st::open({.path = ":memory:",
                                 .transport = world.transport(),
                                 .clock = world.clock(),
                                 .executor = st::make_inline_executor()}));
  std::vector<st::Account> accounts(3);
  STK_TRY(accounts[0], engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries)),
                                                 {.label = "wildberries"}));
  STK_TRY(accounts[1], engine.accounts().connect(
                           st::ozon::credentials(world.seller(st::Channel::ozon), world.token(st::Channel::ozon)),
                           {.label = "ozon"}));
  STK_TRY(accounts[2],
          engine.accounts().connect(st::yandex_market::credentials(world.token(st::Channel::yandex_market)),
                                    {.label = "yandex market"}));
  for (int day = 0; day < 9; ++day) {
    world.clock()->advance(24h);
    for (const st::Account& account : accounts) {
      STK_TRY(const auto synced, engine.sync().run(account.id, {.orders = true}));
      if (synced.state != st::RunState::ok) return st::Errc::internal;
    }
  }
  for (const st::Account& account : accounts) {
    STK_TRY(show_health(engine, account));
  }
  // By barcode or article, exactly; the rest is for a person.
  STK_TRY(const auto listings, engine.listings().matched());
  std::printf("%zu products are on several marketplaces, %zu offers are for review\n", listings.matches.products.size(),
              listings.matches.review.size());
  return st::success();
}

}  // namespace

int main() {
  const auto ran = run();
  if (!ran) std::fprintf(stderr, "%s\n", ran.error().text().c_str());
  return ran ? 0 : 1;
}
