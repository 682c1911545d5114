// The Wildberries API of a world: routes, errors and bodies in the official wire format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/ports/http_transport.hpp>

#include "testing/world/core/face.hpp"
#include "testing/world/wildberries/request_count.hpp"
#include "testing/world/wildberries/token.hpp"

namespace stocktracker::inline v0::testing::world {

// What a reader sees of hidden warehouses: one id, one name.
inline constexpr std::int64_t kUndisclosedId = -999'999;
inline constexpr std::string_view kUndisclosedName = "Склад WB";

class WildberriesFace final : public Face {
 public:
  WildberriesFace(const Catalogue& catalogue, Commerce& commerce, const WorldOptions& options);

  [[nodiscard]] bool serves(std::string_view path) const noexcept override;
  [[nodiscard]] WireAnswer answer(const HttpRequest& request, Instant now, Instant steady,
                                  FaultScript& script) override;
  [[nodiscard]] std::string seller() const override { return catalogue_.seller.id; }
  [[nodiscard]] Secret token() const override { return token_of({}); }
  [[nodiscard]] Secret token_of(const WildberriesToken& shape) const;
  [[nodiscard]] std::vector<TruePosition> truth(Instant now) const override;
  [[nodiscard]] std::vector<TrueOrder> orders() const override;

  // The report has no rows before that instant.
  void empty_report_until(Instant until) noexcept { report_empty_until_ = until; }
  [[nodiscard]] bool report_is_empty(Instant now) const noexcept { return now < report_empty_until_; }

 private:
  [[nodiscard]] std::vector<std::uint32_t> listed_sizes() const override;
  [[nodiscard]] TrueOffer listed_offer(std::uint32_t size) const override;
  [[nodiscard]] std::vector<TrueWarehouse> listed_warehouses() const override;
  void complete_stock(const TruePosition& position, TrueStock& row) const override;
  void complete_line(std::size_t index, const TrueOrder& placed, TrueLine& line) const override;
  [[nodiscard]] Capabilities capabilities() const override;
  [[nodiscard]] bool numbers_may_be_texts() const noexcept override { return false; }

  // One request on its way to its route.
  struct Call {
    const HttpRequest& request;
    std::string_view path;
    Instant now;
    Instant steady;
    const Hit& hit;
  };
  using Handler = HttpResponse (WildberriesFace::*)(const Call&);
  struct Route {
    std::string_view path;  // {} stands for one segment
    HttpMethod method;
    Handler handler;
    std::string_view group;  // WildberriesBucket::group
    int category_bit;        // 0: any token
  };
  static const std::vector<Route>& routes();

  HttpResponse ping(const Call& call);
  HttpResponse seller_info(const Call& call);
  HttpResponse cards_list(const Call& call);
  HttpResponse stocks_report(const Call& call);
  HttpResponse warehouses(const Call& call);
  HttpResponse seller_stocks(const Call& call);
  HttpResponse update_seller_stocks(const Call& call);
  HttpResponse remains_create(const Call& call);
  HttpResponse remains_status(const Call& call);
  HttpResponse remains_download(const Call& call);
  HttpResponse order_feed(const Call& call);
  HttpResponse prices(const Call& call);

  [[nodiscard]] WireAnswer unstamped(const HttpRequest& request, Instant now, Instant steady, FaultScript& script);
  // Steps before a handler: limits, rights, faults.
  [[nodiscard]] HttpResponse routed(const Route& route, const Call& call, const TokenRights& rights);
  [[nodiscard]] HttpResponse faulty(int status, const Route& route, const Call& call);
  [[nodiscard]] HttpResponse throttled(const Call& call, const Allowance& allowance);
  [[nodiscard]] HttpResponse forbidden(const Route& route, const Call& call);

  // Errors, in the form of each part of the API.
  HttpResponse gateway_problem(const Call& call, int status, std::string_view title, std::string_view detail,
                               std::string_view status_text);
  HttpResponse content_error(std::string_view text, std::string_view field, std::string_view what);
  HttpResponse analytics_error(std::string_view title, std::string_view detail);
  HttpResponse marketplace_error(int status, std::string_view code, std::string_view message);
  [[nodiscard]] std::string request_id() const;

  void write_card(std::string& out, std::uint32_t index) const;
  // `state`: as it was when the list was made; `index`: in the log.
  void write_order(JsonWriter& json, const Order& state, std::uint32_t index) const;
  // Rows of the published report that are not empty, by warehouse, then size: rows of hidden warehouses lie far apart.
  const std::vector<std::uint32_t>& report_order();
  // The identity of an order's line.
  [[nodiscard]] std::string srid(std::size_t order) const;
  std::string write_report(const std::vector<std::uint32_t>& rows, std::size_t from, std::size_t to) const;

  // A report on remains that was ordered.
  struct Task {
    std::string id;
    Instant ordered;
    bool by_nm = false;
    bool by_barcode = false;
    bool by_size = false;
    bool by_article = false;
  };
  [[nodiscard]] const Task* task_of(const Call& call) const;

  // The list that later pages of the feed belong to.
  struct Snapshot {
    Instant at;
    std::vector<std::uint32_t> orders;  // of the log, newest change first
    std::vector<Order> states;          // beside them
    Instant from;
    Instant until;
  };
  [[nodiscard]] const Snapshot& snapshot_of(Instant at, Instant from, Instant until);

  RequestCount limits_;
  std::vector<Task> tasks_;
  std::vector<Snapshot> snapshots_;
  Instant report_empty_until_{};
  std::vector<std::uint32_t> report_order_;
  std::uint64_t report_version_ = ~std::uint64_t{0};
};

}  // namespace stocktracker::inline v0::testing::world
