// The Ozon API of a world: routes, errors and bodies in the official wire format.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "testing/world/core/face.hpp"
#include "testing/world/core/fields.hpp"
#include "testing/world/ozon/quirks.hpp"

namespace stocktracker::inline v0::testing::world {

class OzonFace final : public Face {
 public:
  OzonFace(const Catalogue& catalogue, Commerce& commerce, const WorldOptions& options);

  [[nodiscard]] bool serves(std::string_view path) const noexcept override;
  [[nodiscard]] WireAnswer answer(const HttpRequest& request, Instant now, Instant steady,
                                  FaultScript& script) override;
  [[nodiscard]] std::string seller() const override;
  [[nodiscard]] Secret token() const override;
  [[nodiscard]] std::vector<TruePosition> truth(Instant now) const override;
  [[nodiscard]] std::vector<TrueOrder> orders() const override;

  // Between requests.
  [[nodiscard]] OzonQuirks& quirks() noexcept { return quirks_; }

 private:
  [[nodiscard]] std::vector<std::uint32_t> listed_sizes() const override;
  [[nodiscard]] TrueOffer listed_offer(std::uint32_t size) const override;
  [[nodiscard]] std::vector<TrueWarehouse> listed_warehouses() const override;
  void complete_stock(const TruePosition& position, TrueStock& row) const override;
  [[nodiscard]] bool reports_order(std::size_t index) const override;
  void complete_line(std::size_t index, const TrueOrder& placed, TrueLine& line) const override;
  [[nodiscard]] Capabilities capabilities() const override;

  // One request on the way to its handler, with its body parsed.
  struct Call {
    std::string_view path;
    const Fields& fields;
    Instant now;
    const Hit& hit;
    bool& spoilt;
  };
  using Handler = HttpResponse (OzonFace::*)(const Call&);
  struct Route {
    std::string_view path;
    Handler handler;
    bool bodiless;  // a body is not looked at
  };
  static const std::vector<Route>& routes();

  HttpResponse roles(const Call& call);
  HttpResponse seller_info(const Call& call);
  HttpResponse product_list(const Call& call);
  HttpResponse product_info(const Call& call);
  HttpResponse prices(const Call& call);
  HttpResponse own_warehouses(const Call& call);
  HttpResponse ozon_warehouses(const Call& call);
  HttpResponse fbo_stock(const Call& call);
  HttpResponse fbs_stock(const Call& call);
  HttpResponse fbo_postings(const Call& call);
  HttpResponse fbs_postings(const Call& call);
  HttpResponse returns(const Call& call);

  [[nodiscard]] WireAnswer undated(const HttpRequest& request, Instant now, Instant steady, FaultScript& script);
  [[nodiscard]] HttpResponse routed(const Route& route, const HttpRequest& request, Instant now, Instant steady,
                                    const Hit& hit);
  [[nodiscard]] HttpResponse postings(const Call& call, bool fbs);
  // {code, message, details}: code is a number as gRPC's.
  [[nodiscard]] static HttpResponse problem(int status, int code, std::string_view message);
  [[nodiscard]] bool over_the_limit(const std::string& client, Instant steady);

  // Rows of a page: from the cursor on, as many as requested and permitted by faults. `list` is the complete list.
  struct Page {
    std::size_t first = 0;
    std::size_t end = 0;
    std::string cursor;  // of the next one; empty at the end
  };
  [[nodiscard]] Page page_of(const Call& call, std::string_view cursor, std::size_t limit, std::size_t rows) const;
  [[nodiscard]] static Page endless_page(Endless how, std::string_view cursor, std::size_t limit, std::size_t rows);

  // True if it is in the list ALL; or in the archive.
  [[nodiscard]] bool listed(std::size_t size) const noexcept;
  [[nodiscard]] bool archived(std::size_t size) const noexcept;
  [[nodiscard]] bool stocked(std::size_t size) const noexcept { return listed(size) || archived(size); }
  [[nodiscard]] const ShopOffer& offer(std::size_t size) const noexcept {
    return catalogue_.offers[index_of(Shop::ozon)][size];
  }
  [[nodiscard]] std::string posting_number(std::size_t order) const;
  // True if it has a posting of its own.
  [[nodiscard]] bool hosted(std::size_t order) const;
  [[nodiscard]] OrderStatus status_of(std::size_t order) const;
  void write_posting(JsonWriter& json, std::size_t order, bool with_place) const;
  void write_dates(JsonWriter& json, std::size_t order) const;
  void write_product(JsonWriter& json, std::size_t order) const;

  const OzonWindow window_;
  OzonQuirks quirks_;
  std::map<std::string, std::deque<Instant>, std::less<>> arrivals_;  // in the window, by Client-Id
  std::map<std::string, std::uint32_t, std::less<>> by_offer_;
  std::map<std::int64_t, std::uint32_t> by_product_;
};

}  // namespace stocktracker::inline v0::testing::world
