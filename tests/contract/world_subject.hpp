// A small account of the world's whose truth is known, for the contract suite of connectors.
#pragma once

#include <algorithm>
#include <set>
#include <utility>

#include <stocktracker/testing/connector_contract.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/support/catch_check.hpp"

class WorldSubject : public stocktracker::testing::ConnectorSubject {
 public:
  using Connector = stocktracker::Connector;
  using HttpTransport = stocktracker::HttpTransport;

  WorldSubject(stocktracker::Channel channel, stocktracker::testing::WorldOptions options)
      : channel_(channel), world_(small(std::move(options))) {
    world_.clock()->advance(std::chrono::hours(24 * 20 + 7));
    world_.uncard(0);  // its stock is still reported
    world_.set_fbs(1, 0, 0);
  }

  stocktracker::Result<std::shared_ptr<Connector>> connector() override {
    world_.faults().clear();
    return over(world_.transport(), {});
  }
  std::shared_ptr<Connector> through(Middle middle) override {
    world_.faults().clear();
    return over(middle(world_.transport()), {});
  }
  std::optional<stocktracker::testing::AccountTruth> truth() override {
    auto truth = world_.account_truth(channel_);
    complete(truth);
    return truth;
  }
  std::shared_ptr<Connector> paged(const Pages& pages, Middle middle) override {
    world_.faults().clear();
    if (pages.repeated > 0) {
      world_.faults().at({}, {.kind = stocktracker::testing::FaultKind::repeat_rows,
                              .size = static_cast<std::size_t>(pages.repeated)});
    }
    return over(middle(world_.transport()), pages);
  }

  void run() {
    shows_everything();
    CatchCheck check;
    stocktracker::testing::connector_contract(*this, check);
    CHECK(check.expectations() > 300);
  }

 protected:
  /// A connector that asks for such pages.
  virtual std::shared_ptr<Connector> over(std::shared_ptr<HttpTransport> transport, const Pages& pages) = 0;
  virtual void complete(stocktracker::testing::AccountTruth&) const {}

  [[nodiscard]] const stocktracker::Channel& channel() const noexcept { return channel_; }
  [[nodiscard]] stocktracker::testing::World& world() noexcept { return world_; }
  [[nodiscard]] stocktracker::ConnectorPorts ports(std::shared_ptr<HttpTransport> transport) const {
    return {std::move(transport), world_.clock(), std::make_shared<stocktracker::Telemetry>(), {}};
  }

 private:
  static stocktracker::testing::WorldOptions small(stocktracker::testing::WorldOptions options) {
    options.offers = 16;
    options.marketplace_warehouses = 6;
    options.seller_warehouses = 3;
    options.orders_per_offer_day_x100 = 40;
    return options;
  }

  /// A comparison shows nothing of what the account does not have.
  void shows_everything() {
    const auto truth = *this->truth();
    std::set<stocktracker::OrderStatus> statuses;
    std::set<stocktracker::StockKind> kinds;
    bool in_another_day = false;  // in Moscow it is the next day
    bool changed_later = false;
    for (const auto& line : *truth.orders) {
      statuses.insert(line.status);
      kinds.insert(line.kind);
      in_another_day = in_another_day || line.ordered_at.micros() / 3'600'000'000 % 24 >= 21;
      changed_later = changed_later || line.changed_at > line.ordered_at;
    }
    REQUIRE(statuses.size() == 4);
    REQUIRE(kinds.size() == 2);
    REQUIRE(in_another_day);
    REQUIRE(changed_later);
    std::set<stocktracker::WarehouseKind> places;
    bool none = false;
    bool reserved = false;
    bool on_the_way = false;
    for (const auto& row : *truth.stock) {
      places.insert(row.kind);
      none = none || row.on_hand == 0;
      reserved = reserved || row.reserved.value_or(0) > 0;
      on_the_way = on_the_way || row.to_client.value_or(0) != row.from_client.value_or(0);
    }
    REQUIRE(places.size() == (channel_ == stocktracker::Channel::wildberries ? 3 : 2));
    REQUIRE(none);
    REQUIRE((reserved || on_the_way));
    REQUIRE(truth.offers->size() > 8);
    REQUIRE(truth.prices->size() == truth.offers->size());
    REQUIRE(truth.warehouses->size() >= 2);
  }

  const stocktracker::Channel channel_;
  stocktracker::testing::World world_;
};
