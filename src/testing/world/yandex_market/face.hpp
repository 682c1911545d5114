// The Yandex Market API of a world: routes, errors and bodies in the official wire format.
//
// Tests make it odd by a request that no marketplace has: POST /world/yandex_market with any of
//   {"odd_rows": true}           each list holds rows that cannot be read beside those that can
//   {"null_lists": true}         lists are null
//   {"byte_order_mark": true}    before each body
//   {"without_date": true}       answers have no Date header
//   {"endless": "offer-mappings", "way": "same" | "cycle" | "empty"}
//                                the list of a resource (Route::resource) never ends: the same rows under new tokens,
//                                tokens that come again, or empty pages under new tokens; "": lists end again
//   {"oversold": "offerId"}      the seller's warehouses have -2 of it
//   {"order": id, "status": "...", "count": 3, "returned": 1, "rejected": 1, "cancelled": 1}
//                                what a shop, a buyer and the Market do to an order now; count 0 is an item counted
//                                as none
//   {"order": id, "gone": true}  the item leaves the order
// Numbers of orders are as the API writes them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "testing/world/core/face.hpp"
#include "testing/world/core/fields.hpp"

namespace stocktracker::inline v0::testing::world {

class YandexFace final : public Face {
 public:
  YandexFace(const Catalogue& catalogue, Commerce& commerce, const WorldOptions& options);

  [[nodiscard]] bool serves(std::string_view path) const noexcept override;
  [[nodiscard]] WireAnswer answer(const HttpRequest& request, Instant now, Instant steady,
                                  FaultScript& script) override;
  [[nodiscard]] std::string seller() const override { return std::to_string(business_); }
  [[nodiscard]] Secret token() const override;
  [[nodiscard]] std::vector<TruePosition> truth(Instant now) const override;
  [[nodiscard]] std::vector<TrueOrder> orders() const override;

 private:
  [[nodiscard]] std::vector<std::uint32_t> listed_sizes() const override;
  [[nodiscard]] TrueOffer listed_offer(std::uint32_t size) const override;
  [[nodiscard]] std::vector<TrueWarehouse> listed_warehouses() const override;
  void complete_stock(const TruePosition& position, TrueStock& row) const override;
  void complete_line(std::size_t index, const TrueOrder& placed, TrueLine& line) const override;
  [[nodiscard]] Capabilities capabilities() const override;

  // One request on the way to its handler, with its body parsed.
  struct Call {
    const HttpRequest& request;
    std::string_view resource;
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
    std::string_view resource;   // YandexMarketPeriod::resource
    int items_at_once = 1;       // how much of it one request spends
    std::string_view list = "";  // the member that holds its rows, behind "result." where it is wrapped
  };
  // What a test has changed in an order, after the world's own buyers.
  struct Edit {
    Instant at;
    std::string status;
    std::int64_t count = 1;
    std::int64_t returned = 0;
    std::int64_t rejected = 0;
    std::int64_t cancelled = 0;
    bool gone = false;
  };
  static const std::vector<Route>& routes();

  [[nodiscard]] WireAnswer answer_to(const HttpRequest& request, std::string_view path, Instant now, Instant steady,
                                     FaultScript& script);
  HttpResponse control(const HttpRequest& request, Instant now);
  void edit_order(const Fields& fields, Instant now);
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

  [[nodiscard]] YandexMarketPeriod limit_of(std::string_view resource) const;
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
  [[nodiscard]] Page page_of(const Call& call, std::size_t most, std::size_t rows);
  void never_end(Page& page, std::size_t rows, std::string_view token);
  static void write_paging(JsonWriter& json, const Page& page);

  [[nodiscard]] bool listed(std::size_t size) const noexcept;
  [[nodiscard]] const ShopOffer& offer(std::size_t size) const noexcept {
    return catalogue_.offers[index_of(Shop::yandex_market)][size];
  }
  [[nodiscard]] std::int64_t own_campaign() const noexcept { return campaign_of(0); }
  [[nodiscard]] std::int64_t market_campaign() const noexcept { return campaign_ + 1; }
  void write_stocks(JsonWriter& json, std::string_view offer, std::int64_t free, std::int64_t frozen) const;
  void write_odd_stocks(JsonWriter& json, const Page& page) const;
  void write_order(JsonWriter& json, std::size_t index) const;
  void write_odd_orders(JsonWriter& json) const;
  [[nodiscard]] bool odd_here(const Page& page) const noexcept { return odd_rows_ && page.first == 0; }

  // If the cabinet has groups, its first two warehouses share one stock, the others are alone.
  [[nodiscard]] bool in_group(std::size_t warehouse) const noexcept { return groups_ && warehouse < 2; }
  [[nodiscard]] static std::string group_key();
  struct Pile {
    std::int64_t free = 0;
    std::int64_t frozen = 0;
    bool known = false;
  };
  // What a warehouse reports; each member of a group reports the group's.
  [[nodiscard]] Pile pile_of(std::size_t size, std::size_t warehouse) const;
  struct CampaignRow {
    std::int64_t warehouse;
    std::uint32_t size;
    std::int64_t free;
    std::int64_t frozen;
  };
  // Of the Market's warehouses, or of a seller warehouse. Ordered by warehouse.
  [[nodiscard]] std::vector<CampaignRow> market_rows(const std::vector<std::uint32_t>& sizes, const Page& page) const;
  [[nodiscard]] std::vector<CampaignRow> seller_rows(const std::vector<std::uint32_t>& sizes, const Page& page,
                                                     std::size_t warehouse) const;
  // Each seller warehouse is a shop of its own.
  [[nodiscard]] std::int64_t campaign_of(std::size_t warehouse) const noexcept {
    return campaign_ + 2 + static_cast<std::int64_t>(warehouse);
  }
  [[nodiscard]] const Edit* edit_of(std::size_t index) const;
  [[nodiscard]] OrderStatus status_of(std::size_t index) const;
  [[nodiscard]] Instant changed_at(std::size_t index) const;

  const WorldLimits limits_;
  const bool groups_;
  std::int64_t business_ = 0;
  std::int64_t campaign_ = 0;
  bool odd_rows_ = false;
  bool null_lists_ = false;
  bool mark_ = false;
  bool without_date_ = false;
  std::string endless_;
  std::string way_;
  std::int64_t endless_pages_ = 0;
  std::set<std::string, std::less<>> oversold_;
  std::map<std::size_t, Edit> edits_;
  std::map<std::string_view, Period> periods_;
  std::map<std::string, std::uint32_t, std::less<>> by_offer_;
};

}  // namespace stocktracker::inline v0::testing::world
