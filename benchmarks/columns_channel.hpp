// A channel that answers with ready columns, so that benchmarks measure persisting without decoding.
#pragma once

#include <memory>

#include <stocktracker/stocktracker.hpp>

namespace bench {

// The marketplace's current answer; shared with the engine that reads it.
struct Stock {
  int offers = 20'000;
  int warehouses = 5;
  int changed_percent = 0;  // share of the rows that differ from the first answer
  int generation = 0;
};

class Columns final : public stocktracker::Connector {
 public:
  explicit Columns(std::shared_ptr<Stock> stock) : stock_(std::move(stock)) {}
  const stocktracker::Capabilities& capabilities() const noexcept override {
    static const stocktracker::Capabilities data{.channel = stocktracker::Channel("columns"),
                                                 .numeric_offer_keys = true,
                                                 .fbo_absent = stocktracker::Absent::zero};
    return data;
  }
  stocktracker::Result<stocktracker::SellerIdentity> verify_credentials(const stocktracker::CallContext&) override {
    return stocktracker::SellerIdentity{"1", "columns"};
  }
  stocktracker::Result<void> list_offers(stocktracker::OfferSink&, const stocktracker::CallContext&) override {
    return stocktracker::success();
  }
  stocktracker::Result<void> list_warehouses(stocktracker::WarehouseSink&, const stocktracker::CallContext&) override {
    return stocktracker::success();
  }
  stocktracker::Result<void> fetch_stock(const stocktracker::StockQuery&, stocktracker::StockSink& sink,
                                         const stocktracker::CallContext&) override {
    stocktracker::StockPage page;
    for (int w = 0; w < stock_->warehouses; ++w) {
      page.add_warehouse({std::to_string(w + 1), "Склад", "", stocktracker::WarehouseKind::marketplace});
    }
    for (int row = 0; row < stock_->offers * stock_->warehouses; ++row) {
      const bool changes = row * 37 % 100 < stock_->changed_percent;
      page.push({.offer = 316'000'000 + row / stock_->warehouses * 37,
                 .warehouse = static_cast<std::uint32_t>(row % stock_->warehouses),
                 .on_hand = row * 7 % 200 + (changes ? stock_->generation : 0),
                 .to_client = row % 11,
                 .from_client = row % 3,
                 .listing = 147'000'000 + row / 20});
    }
    return sink.rows(std::move(page));
  }

 private:
  std::shared_ptr<Stock> stock_;
};

class ColumnsFactory final : public stocktracker::ConnectorFactory {
 public:
  explicit ColumnsFactory(std::shared_ptr<Stock> stock) : stock_(std::move(stock)) {}
  stocktracker::Channel channel() const noexcept override { return stocktracker::Channel("columns"); }
  stocktracker::Result<std::shared_ptr<stocktracker::Connector>> connect(const stocktracker::Credentials&,
                                                                         const stocktracker::ConnectorPorts&) override {
    return std::make_shared<Columns>(stock_);
  }

 private:
  std::shared_ptr<Stock> stock_;
};

}  // namespace bench
