// What every list refuses alike: an account that does not exist, and a text that no store takes. The same cases on both
// databases.
#include "tests/support/shelf.hpp"

namespace st = stocktracker;

namespace {

// Two sellers; the first one's shop may be filled.
struct Shop : Shelf {
  Shop() {
    account_row(id_text, "first");
    account_row("01a20a90-0000-7000-8000-00000000000b", "second");
  }
  void fill() {
    using C = st::SqlColumn;
    source(1, 0, 1, 2, 0);
    write("warehouse", {C::constant("warehouse_id", 1), C::constant("account_id", id_text), C::constant("source_id", 1),
                        C::constant("kind", 0), C::constant("warehouse_key", "M"), C::constant("name", "M"),
                        C::constant("region", "")});
    offer(1, "a", "art");
    level(1, 1, 1, 5);
    line("x", "a", now());
  }
};

struct Refusal {
  const char* list;
  st::Result<void> done;
};

template <class T>
st::Result<void> ended(const st::Result<T>& result) {
  return result ? st::Result<void>(st::success()) : st::Result<void>(result.error());
}

// Every list and sum of the library that names an account, asked about this one.
std::vector<Refusal> ask_all(const Shop& shop, const st::AccountId& account) {
  const st::Engine& engine = *shop.engine;
  const st::CallContext& context = shop.context;
  return {
      {"offers", ended(engine.offers().list({.account = account}, context).collect())},
      {"offers found", ended(engine.offers().list({.account = account, .title = "a"}, context).collect())},
      {"positions", ended(engine.stock().positions({.account = account}, context).collect())},
      {"positions named", ended(engine.stock().positions({.account = account, .offer = "a"}, context).collect())},
      {"positions then", ended(engine.stock().positions({.account = account, .as_of = shop.now()}, context).collect())},
      {"columns", ended(engine.stock().columns({.account = account}, context))},
      {"columns named", ended(engine.stock().columns({.account = account, .article = "art"}, context))},
      {"total", ended(engine.stock().total(account, context))},
      {"movements", ended(engine.ledger().movements({.account = account}, context).collect())},
      {"movements named", ended(engine.ledger().movements({.account = account, .offer = "a"}, context).collect())},
      {"known_since", ended(engine.ledger().known_since(account, context))},
      {"lines", ended(engine.orders().lines({.account = account}, context).collect())},
      {"lines of offer", ended(engine.orders().lines({.account = account, .offer = "a"}, context).collect())},
      {"coverage", ended(engine.orders().coverage(account, context))},
      {"prices", ended(engine.prices().list({.account = account}, context).collect())},
      {"price", ended(engine.prices().list({.account = account, .offer = "a"}, context).collect())},
      {"products", ended(engine.listings().products({.account = account}, context).collect())},
      {"products found", ended(engine.listings().products({.account = account, .title = "a"}, context).collect())},
      {"credentials", ended(engine.accounts().credentials(account, context))},
      {"runs", ended(engine.sync().runs({.account = account}, context).collect())},
      {"sources", ended(engine.sync().sources(account, context))},
      {"stock_health", ended(engine.analytics().stock_health({.account = account, .zone = "UTC"}, context))},
      {"offer_stock", ended(engine.analytics().offer_stock(account, context))},
  };
}

}  // namespace

TEST_CASE("every list says that an account does not exist, and is empty for one that has nothing yet") {
  Shop shop;
  const auto nobody = st::AccountId::parse("01a20a90-0000-7000-8000-00000000000f").value();
  // In an empty store, and in one in which other accounts have rows.
  for (const bool filled : {false, true}) {
    if (filled) shop.fill();
    const std::string third = "01a20a90-0000-7000-8000-00000000000c";
    shop.account_row(third, "third");
    for (const Refusal& one : ask_all(shop, st::AccountId::parse(third).value())) {
      INFO(one.list << ", filled " << filled);
      CHECK((one.done ? "" : one.done.error().text()) == "");
    }
    for (const Refusal& one : ask_all(shop, nobody)) {
      INFO(one.list << ", filled " << filled);
      REQUIRE_FALSE(one.done);
      CHECK(one.done.error().errc() == st::Errc::not_found);
      CHECK(one.done.error().details().field == "account");
    }
    const auto health = [&](const st::AccountId& account) {
      return shop.engine->accounts().health(account, shop.context).error().message();
    };
    CHECK(health(nobody) == "there is no account " + nobody.text());
    CHECK(health(st::AccountId::parse(third).value()) == "the account has not been checked yet");
  }
  for (const Refusal& one : ask_all(shop, shop.account)) {
    INFO(one.list);
    CHECK((one.done ? "" : one.done.error().text()) == "");
  }
}

TEST_CASE("a text that no store takes is an invalid argument wherever a caller searches with it") {
  Shop shop;
  shop.fill();
  const st::Engine& engine = *shop.engine;
  const st::CallContext& context = shop.context;
  const st::AccountId& account = shop.account;
  for (const std::string& bad : {std::string("\xFF"), std::string("a\0b", 3), std::string("\xED\xA0\x80")}) {
    const std::vector<std::pair<const char*, st::Result<void>>> asked{
        {"offer", ended(engine.offers().list({.offer = bad}, context).collect())},
        {"article", ended(engine.offers().list({.article = bad}, context).collect())},
        {"barcode", ended(engine.offers().list({.barcode = bad}, context).collect())},
        {"title", ended(engine.offers().list({.title = bad}, context).collect())},
        {"offer", ended(engine.stock().positions({.offer = bad}, context).collect())},
        {"article", ended(engine.stock().positions({.article = bad}, context).collect())},
        {"offers", ended(engine.stock().positions({.offers = {"a", bad}}, context).collect())},
        {"warehouse", ended(engine.stock().positions({.warehouse = bad}, context).collect())},
        {"warehouse", ended(engine.stock().columns({.warehouse = bad}, context))},
        {"offer", ended(engine.stock().total({.offer = bad}, context))},
        {"offer", ended(engine.ledger().movements({.offer = bad}, context).collect())},
        {"article", ended(engine.ledger().movements({.article = bad}, context).collect())},
        {"warehouse", ended(engine.ledger().movements({.warehouse = bad}, context).collect())},
        {"offer", ended(engine.orders().lines({.account = account, .offer = bad}, context).collect())},
        {"offer", ended(engine.prices().list({.account = account, .offer = bad}, context).collect())},
        {"article", ended(engine.listings().products({.article = bad}, context).collect())},
        {"barcode", ended(engine.listings().products({.barcode = bad}, context).collect())},
        {"title", ended(engine.listings().products({.title = bad}, context).collect())},
        {"offer", engine.listings().decide(account, bad, "p", context)},
        {"product", engine.listings().decide(account, "a", bad, context)},
        {"offer", engine.listings().undecide(account, bad, context)},
        {"offer", engine.analytics().set_low_stock(account, bad, 1, context)},
        {"offer", ended(engine.analytics().low_stock_of(account, bad, context))},
        {"tenant", ended(engine.tenants().find(bad))},
    };
    for (std::size_t n = 0; n < asked.size(); ++n) {
      const auto& [field, done] = asked[n];
      CAPTURE(n, field, bad.size());
      REQUIRE_FALSE(done);
      CHECK(done.error().errc() == st::Errc::invalid_argument);
      CHECK(done.error().text().find(field) != std::string::npos);
    }
  }
  CHECK(engine.offers().list({.title = std::string(100'000, 'a')}, context).collect().value().empty());
}
