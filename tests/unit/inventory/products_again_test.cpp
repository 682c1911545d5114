// Stored products that are computed again, and cursors of another tenant. The same cases on both databases.
#include "tests/unit/inventory/mall.hpp"

namespace st = stocktracker;
using malls::Mall;

TEST_CASE("products that are computed again are those of the rule, and a reader has them then") {
  Mall mall(2);
  CHECK(mall.engine->listings().recompute_products(mall.context).value().offers == 0);
  mall.run(0, {{"a", "x"}, {"b", "y"}});
  mall.run(1, {{"c", "x"}});
  const std::string all = mall.list();
  const auto again = mall.engine->listings().recompute_products(mall.context).value();
  CHECK(again.offers == 3);
  CHECK(again.changed == 0);
  mall.forget_products();
  CHECK(mall.refusal_to_readers() == st::Errc::store_read_only);
  CHECK(mall.engine->listings().recompute_products(mall.context).value().changed == 3);
  CHECK_FALSE(mall.refusal_to_readers());
  CHECK(mall.list() == all);
  mall.change("UPDATE product_offer SET product_id = 99", "UPDATE product_offer SET matched_by = 0");
  CHECK(mall.list() != all);
  CHECK(mall.engine->listings().recompute_products(mall.context).value().changed == 3);
  CHECK(mall.list() == all);
  mall.check();
}

TEST_CASE("a computation of all products that is stopped changes nothing, and one that ends reports its progress") {
  class Steps final : public st::ProgressSink {
   public:
    void report(const st::Progress& step) override {
      if (step.stage == st::kStageProducts) last = step.done;
      if (stop_at_first) stop.request_stop();
    }
    std::uint64_t last = 0;
    bool stop_at_first = true;
    std::stop_source stop;
  };
  Mall mall(1);
  mall.run(0, {{"a", "x"}, {"b", "y"}});
  mall.forget_products();
  const auto steps = std::make_shared<Steps>();
  st::CallContext context = mall.context;
  context.progress = steps;
  context.stop = steps->stop.get_token();
  const auto stopped = mall.engine->listings().recompute_products(context);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().errc() == st::Errc::cancelled);
  CHECK(mall.refusal_to_readers() == st::Errc::store_read_only);
  steps->stop_at_first = false;
  context.stop = {};
  CHECK(mall.engine->listings().recompute_products(context).value().changed == 2);
  CHECK(steps->last == 2);
}

TEST_CASE("a list that computes the products is complete, also if another version replaces them at once") {
  Mall mall(1);
  mall.run(0, {{"a", "x"}, {"b", "y"}});
  mall.forget_products();
  mall.storage->after_bulk = [&] { mall.claim_by_another_version(); };
  CHECK(mall.list({.page_size = 1}) == "none 0:b, none 0:a");
  CHECK(mall.list() == "none 0:b, none 0:a");
}

TEST_CASE("a cursor of products continues in its own tenant only") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  house.seller(anna, house.first);
  house.seller(boris, house.second);
  const auto engine = house.open(house.first);
  auto pages = engine.listings().products({.page_size = 1}, {.tenant = anna});
  REQUIRE(pages.next());
  const st::ProductQuery rest{.after = pages.cursor()};
  CHECK(engine.listings().products(rest, {.tenant = anna}).collect().value().size() > 10);
  const auto refused = engine.listings().products(rest, {.tenant = boris}).collect();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::invalid_argument);
  CHECK(refused.error().details().field == "after");
}
