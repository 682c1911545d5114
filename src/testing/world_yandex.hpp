// The Yandex Market API of a world: routes, errors and bodies in the official wire format.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "testing/world_face.hpp"
#include "testing/world_fields.hpp"

namespace stocktracker::inline v0::testing::world {

class YandexFace final : public Face {
 public:
  YandexFace(const Catalogue& catalogue, Commerce& commerce, const WorldOptions& options);

  [[nodiscard]] bool serves(std::string_view path) const noexcept override;
  [[nodiscard]] WireAnswer answer(const HttpRequest& request, Instant now, Instant steady,
                                  FaultScript& script) override;
  [[nodiscard]] std::string seller() const override { return std::to_string(business_); }
  [[nodiscard]] Secret token(const TokenShape& shape) const override;
  [[nodiscard]] std::vector<TruePosition> truth(Instant now) const override;
  [[nodiscard]] std::vector<TrueOrder> orders() const override;

 private:
  // One request on its way to its route, its body read.
  struct Call {
    const HttpRequest& request;
    std::string_view path;
    const Fields& fields;
    Instant now;
    const Hit& hit;
    bool& spoilt;
  };
  using Handler = HttpResponse (YandexFace::*)(const Call&);
  struct Route {
    std::string_view path;  // {} stands for one segment
    HttpMethod method;
    Handler handler;
    std::string_view resource;
    std::int64_t requests;  // of a period
    Duration period;
    int items_at_once = 1;  // how much of it one request spends
  };
  static const std::vector<Route>& routes();

  HttpResponse auth_token(const Call& call);
  HttpResponse campaigns(const Call& call);
  HttpResponse offer_mappings(const Call& call);
  HttpResponse grouped_warehouses(const Call& call);
  HttpResponse own_warehouses(const Call& call);
  HttpResponse market_warehouses(const Call& call);
  HttpResponse campaign_stock(const Call& call);
  HttpResponse own_stock(const Call& call);
  HttpResponse prices(const Call& call);
  HttpResponse orders_list(const Call& call);

  [[nodiscard]] HttpResponse routed(const Route& route, const HttpRequest& request, std::string_view path, Instant now,
                                    Instant steady, const Hit& hit);
  [[nodiscard]] static HttpResponse problem(int status, std::string_view code, std::string_view message);

  // Requests of a resource in its present period; periods begin with the first request.
  struct Period {
    Instant began = Instant::from_micros(INT64_MIN / 2);
    std::int64_t spent = 0;
  };

  struct Page {
    std::size_t first = 0;
    std::size_t end = 0;
    std::string token;  // of the next one; empty at the end
  };
  [[nodiscard]] static Page page_of(const Call& call, std::size_t most, std::size_t rows);
  static void write_paging(JsonWriter& json, const Page& page);

  [[nodiscard]] bool listed(std::size_t size) const noexcept;
  [[nodiscard]] const ShopOffer& offer(std::size_t size) const noexcept {
    return catalogue_.offers[index_of(Shop::yandex_market)][size];
  }
  [[nodiscard]] std::vector<std::uint32_t> listed_sizes() const;
  [[nodiscard]] std::int64_t own_campaign() const noexcept { return campaign_; }
  [[nodiscard]] std::int64_t market_campaign() const noexcept { return campaign_ + 1; }
  static void write_stocks(JsonWriter& json, std::string_view offer, std::int64_t free, std::int64_t frozen);
  void write_order(JsonWriter& json, std::size_t index) const;

  const Catalogue& catalogue_;
  Commerce& commerce_;
  const bool limits_on_;
  const bool groups_;
  const Instant start_;
  std::int64_t business_ = 0;
  std::int64_t campaign_ = 0;
  std::map<std::string_view, Period> periods_;
  std::map<std::string, std::uint32_t, std::less<>> by_offer_;
};

}  // namespace stocktracker::inline v0::testing::world
