// Buyers, deliveries, returns and supplies in virtual time, and the present place of every unit.
//
// Only the seed and the time decide what happens: arrivals are drawn per minute, the fate of a parcel from a random
// stream of its own. The number of requests changes nothing.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <stocktracker/marketplace/order.hpp>

#include "testing/world/core/catalogue.hpp"
#include "testing/world/core/random.hpp"

namespace stocktracker::inline v0::testing::world {

struct Units {
  std::int32_t on_hand = 0;
  std::int32_t to_client = 0;
  std::int32_t from_client = 0;
  [[nodiscard]] bool none() const noexcept { return on_hand == 0 && to_client == 0 && from_client == 0; }
};

// One size in one warehouse of the marketplace. Rows of a size form a list, in order of appearance.
struct FboRow {
  std::uint32_t size = 0;
  std::uint32_t warehouse = 0;
  std::uint32_t next = kNone;
  Units live;
  Units published;
  bool changed = false;  // since the last publication
};

// One size in one warehouse of the seller: one stock that is sold on every shop. `away` counts units in transit in
// either direction, which no API reports.
struct FbsRow {
  std::uint32_t size = 0;
  std::uint32_t warehouse = 0;
  std::uint32_t next = kNone;
  std::int32_t on_hand = 0;
  std::int32_t away = 0;
  std::array<std::int32_t, kShops> ordered{};  // part of `away`: ordered there, neither delivered nor cancelled
};

// An order, and its present state.
struct Order {
  Instant at;
  Instant changed;
  std::uint32_t size = 0;
  std::uint32_t row = kNone;  // of fbo() or fbs()
  Shop shop = kFirstShop;
  OrderStatus status = OrderStatus::placed;
  bool fbs = false;
};

// Every unit that ever existed. on hand + in transit + sold + written_off = initial + supplied + restocked + corrected.
struct Books {
  std::int64_t initial = 0;
  std::int64_t supplied = 0;     // into marketplace warehouses
  std::int64_t restocked = 0;    // into seller warehouses
  std::int64_t corrected = 0;    // by set_fbs, either sign
  std::int64_t sold = 0;         // with buyers now
  std::int64_t written_off = 0;  // gone with a trashed card
};

class Commerce {
 public:
  Commerce(const WorldOptions& options, const Catalogue& catalogue);

  // Simulates everything up to and including `now`; earlier instants are ignored.
  void advance(Instant now);

  // The time that the published rows describe: a multiple of 30 minutes of UTC, or the start.
  [[nodiscard]] Instant published_at() const noexcept { return published_at_; }
  // Increases whenever report_rows() may have changed.
  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
  [[nodiscard]] const std::vector<FboRow>& fbo() const noexcept { return fbo_; }
  [[nodiscard]] const std::vector<FbsRow>& fbs() const noexcept { return fbs_; }
  [[nodiscard]] std::uint32_t first_fbo(std::size_t size) const noexcept { return places_[size].fbo; }
  [[nodiscard]] std::uint32_t first_fbs(std::size_t size) const noexcept { return places_[size].fbs; }
  // kNone: the seller warehouse never held it.
  [[nodiscard]] std::uint32_t fbs_row(std::size_t size, std::size_t warehouse) const noexcept;
  [[nodiscard]] bool silent(std::size_t size) const noexcept { return places_[size].silent; }
  [[nodiscard]] bool trashed(std::size_t size) const noexcept { return places_[size].trashed; }
  [[nodiscard]] std::int64_t orders() const noexcept { return static_cast<std::int64_t>(log_.size()); }
  // In the order of placing.
  [[nodiscard]] const std::vector<Order>& log() const noexcept { return log_; }
  [[nodiscard]] Shop shop_of(const FboRow& row) const noexcept {
    return catalogue_.marketplace_warehouses[row.warehouse].shop;
  }

  [[nodiscard]] const Books& books() const noexcept { return books_; }
  [[nodiscard]] std::int64_t units_on_hand() const noexcept;
  [[nodiscard]] std::int64_t units_in_transit() const noexcept;

  void trash(std::size_t size);
  void stand_still() noexcept { still_ = true; }
  void silence(std::size_t size) { places_[size].silent = true; }
  void set_fbs(std::size_t size, std::size_t warehouse, std::int32_t amount);

 private:
  enum class Kind : std::uint8_t { order, supply, restock, delivered, cancelled, sent_back, back };

  struct Event {
    Instant at;
    std::uint64_t number = 0;  // order of creation, for events at the same time
    std::uint64_t stream = 0;  // the parcel's own random stream
    std::uint32_t size = 0;
    std::uint32_t row = kNone;
    Kind kind = Kind::order;
    bool fbs = false;
    bool returns = false;
    std::uint32_t order = kNone;  // in the log; parcels in transit at the start have none
  };

  struct Place {
    std::uint32_t fbo = kNone;
    std::uint32_t fbs = kNone;
    std::array<bool, kShops> fbo_wanted{};
    bool fbs_wanted = false;
    bool silent = false;
    bool trashed = false;
  };

  void stock_up();
  void stock_up_shops();
  void fill_shop(std::uint32_t size, Shop shop, Stream& stream);
  void start_parcels();
  void run_until(Instant until);
  void open_slot(std::int64_t slot);
  void publish(Instant at);
  void push(Event event);
  void happen(const Event& event);

  void order(const Event& event);
  void supply(const Event& event);
  void restock(const Event& event);
  void delivered(const Event& event);
  void cancelled(const Event& event);
  void sent_back(const Event& event);
  void back(const Event& event);

  void settle(const Event& event, OrderStatus status);
  [[nodiscard]] Shop shop_of(const Event& event) const noexcept;
  [[nodiscard]] std::uint32_t any_warehouse(Shop shop, Stream& stream) const noexcept;
  [[nodiscard]] std::uint32_t any_size(Stream& stream) const noexcept;
  std::uint32_t fbo_row(std::uint32_t size, std::uint32_t warehouse);
  std::uint32_t make_fbs_row(std::uint32_t size, std::uint32_t warehouse);
  Units& touch(std::uint32_t row);

  const WorldOptions& options_;
  const Catalogue& catalogue_;
  std::vector<Place> places_;
  std::vector<FboRow> fbo_;
  std::vector<FbsRow> fbs_;
  std::vector<std::uint32_t> changed_;
  std::vector<Event> events_;  // a heap
  std::uint64_t next_number_ = 0;
  std::int64_t next_slot_ = 0;
  Instant simulated_;
  Instant published_at_;
  std::uint64_t version_ = 0;
  bool still_ = false;
  std::vector<Order> log_;
  Books books_;
};

}  // namespace stocktracker::inline v0::testing::world
