// Face: the API of one marketplace, on the world's goods and commerce.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/secret.hpp>
#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/testing/world.hpp>

#include "testing/world/core/commerce.hpp"
#include "testing/world/core/faults.hpp"

namespace stocktracker::inline v0::testing::world {

// Not thread-safe: the world's transport locks around it. The faces of a world share only goods and commerce.
class Face {
 public:
  Face(Shop shop, const Catalogue& catalogue, Commerce& commerce, const WorldOptions& options);
  Face(const Face&) = delete;
  Face& operator=(const Face&) = delete;
  virtual ~Face();

  // True if this API has the path. Only the path selects the marketplace, so that one address serves all.
  [[nodiscard]] virtual bool serves(std::string_view path) const noexcept = 0;
  // Commerce has been simulated up to `now`. Limits use the marketplace's own clock, which is never set back. Counts
  // requests in the fault script.
  [[nodiscard]] virtual WireAnswer answer(const HttpRequest& request, Instant now, Instant steady,
                                          FaultScript& script) = 0;

  // The content of its credentials: the seller's id on the marketplace, and the secret.
  [[nodiscard]] virtual std::string seller() const = 0;
  [[nodiscard]] virtual Secret token() const = 0;

  // What a reader of the API can know now, ordered by offer, kind and warehouse.
  [[nodiscard]] virtual std::vector<TruePosition> truth(Instant now) const = 0;
  // Complete rows of all lists, and the capabilities according to the API's manual.
  [[nodiscard]] AccountTruth account(Instant now) const;
  // Every order that the marketplace reports, in the order of placing.
  [[nodiscard]] virtual std::vector<TrueOrder> orders() const = 0;

  [[nodiscard]] std::int64_t requests() const noexcept { return requests_; }
  [[nodiscard]] std::int64_t rejections() const noexcept { return rejections_; }

 protected:
  // Parts of account(). The sizes in the list of offers, in its order.
  [[nodiscard]] virtual std::vector<std::uint32_t> listed_sizes() const = 0;
  [[nodiscard]] virtual TrueOffer listed_offer(std::uint32_t size) const = 0;
  [[nodiscard]] virtual std::vector<TrueWarehouse> listed_warehouses() const = 0;
  // Adds what this marketplace reports of a position beyond what all do.
  virtual void complete_stock(const TruePosition& position, TrueStock& row) const = 0;
  // Whether orders() has the order with that index in the log.
  [[nodiscard]] virtual bool reports_order(std::size_t index) const;
  // Adds what this marketplace reports of an order beyond what all do.
  virtual void complete_line(std::size_t index, const TrueOrder& placed, TrueLine& line) const = 0;
  [[nodiscard]] virtual Capabilities capabilities() const = 0;
  [[nodiscard]] virtual bool numbers_may_be_texts() const noexcept { return true; }

  const Shop shop_;
  const Catalogue& catalogue_;
  Commerce& commerce_;
  const bool limits_on_;
  const Instant start_;
  std::int64_t requests_ = 0;
  std::int64_t rejections_ = 0;  // by limits, not by faults
};

// The part of a URL from the host's slash to the query.
[[nodiscard]] std::string_view path_of(std::string_view url) noexcept;
// A parameter of a URL's query, as written; empty if it is not there.
[[nodiscard]] std::string_view parameter_of(std::string_view url, std::string_view name) noexcept;
// "/a/{}/b" fits "/a/", one segment and "/b".
[[nodiscard]] bool fits(std::string_view route, std::string_view path) noexcept;
// Also finds secret headers; empty if it is not there.
[[nodiscard]] std::string_view header_of(const HttpRequest& request, std::string_view name) noexcept;

// A body that JSON readers may read beyond its end.
[[nodiscard]] HttpResponse json_answer(int status, std::string body, std::string_view type = "application/json");
// A date as HTTP writes it: without fraction of a second.
[[nodiscard]] std::string http_date(Instant at);
// A position of an offer that the shop lists under the seller's article.
[[nodiscard]] TruePosition position_of(const ShopOffer& offer, std::int64_t warehouse, StockKind kind,
                                       std::int64_t on_hand, std::int64_t reserved);
// Sorts the positions of one offer, which stand from `first` on: by kind, then by warehouse.
void sort_positions(std::vector<TruePosition>& positions, std::size_t first);
// The time in Moscow to the second, with the offset.
[[nodiscard]] std::string moscow_time(Instant at);
// The beginning of a page that was requested from `offset` on.
[[nodiscard]] std::size_t first_of(const Hit& hit, std::size_t offset) noexcept;
// Applies the fault script to a body that was answered with 200.
void spoil(std::string& body, const Hit& hit, const FaultMembers& members);

}  // namespace stocktracker::inline v0::testing::world
