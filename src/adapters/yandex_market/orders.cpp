// How periods of orders are read; order_rows.cpp decodes them.
#include "adapters/yandex_market/orders.hpp"

#include <algorithm>
#include <charconv>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "marketplace/watched_sinks.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOperation = "yandex_market.orders";
/// A filter on times may span so much.
constexpr Duration kLongest = 24h * 30 - 1min;
/// Orders of the Market's own warehouses are reported late, up to 40 minutes.
constexpr Duration kOverlap = 1h;
/// A longer period is read by the day of ordering, in windows of so many days at first.
constexpr std::int64_t kWindowDays = 3;
constexpr std::int64_t kMostDays = 30;
/// A window of so few pages makes the next one twice as long.
constexpr int kFewPages = 4;
/// A time of the vendor's that is older than this at the end of a first list is asked beyond.
constexpr Duration kStale = 10min;
/// Name in the account's memory: since when changes are to be read, in microseconds. Kept while a long load is under
/// way.
constexpr std::string_view kChangesSince = "yandex_market.order_changes_since";

/// The days of the filters are Moscow's.
constexpr Duration kMoscow = 3h;
constexpr std::int64_t kDay = Duration(24h).count();
std::int64_t day_of(Instant at) noexcept { return (at + kMoscow).micros() / kDay; }
Instant begin_of(std::int64_t day) noexcept { return Instant::from_micros(day * kDay) - kMoscow; }
std::string date_of(std::int64_t day) { return to_rfc3339(Instant::from_micros(day * kDay)).substr(0, 10); }

/// Keeps the time of the newest line.
class Newest final : public OrderSink {
 public:
  explicit Newest(OrderSink& next) noexcept : next_(next) {}
  Result<void> lines(std::span<const OrderLineRow> page) override {
    for (const OrderLineRow& row : page) at_ = std::max(at_.value_or(row.changed_at), row.changed_at);
    return next_.lines(page);
  }
  void restart() override { next_.restart(); }
  void odd_row(const OddRow& row) override { next_.odd_row(row); }
  void covered(const OrderCoverage& period) override { next_.covered(period); }
  [[nodiscard]] std::optional<Instant> at() const noexcept { return at_; }

 private:
  OrderSink& next_;
  std::optional<Instant> at_;
};

class OrderReader {
 public:
  OrderReader(const Calls& calls, std::int64_t business, OrderSink& sink, const CallContext& context)
      : calls_(calls),
        path_("/v1/businesses/" + std::to_string(business) + "/orders"),
        sink_(sink),
        context_(context) {}

  /// Neither beyond what the vendor has reported nor beyond our own clock.
  [[nodiscard]] Instant present() const {
    const Instant now = calls_.clock().now();
    return std::min(now, calls_.reported_time().value_or(now));
  }
  /// How far an answer about a period that ends at `until` can be believed: our own clock may run ahead.
  [[nodiscard]] Instant reaches(Instant from, Instant until) const {
    return std::max(from, std::min(until, calls_.reported_time().value_or(sink_.at().value_or(from))));
  }

  /// Every complete day from that of `from` to that of `until`, which is left out.
  Result<void> by_day(Instant from, Instant until) {
    std::int64_t length = kWindowDays;
    const std::int64_t last = day_of(until);
    for (std::int64_t day = day_of(from); day < last;) {
      const std::int64_t end = std::min(last, day + length);
      STK_TRY(const int pages, read("creationDateFrom", date_of(day), "creationDateTo", date_of(end)));
      sink_.covered({from, reaches(from, begin_of(end))});
      length = pages <= kFewPages ? std::min(kMostDays, length * 2) : std::max(kWindowDays, length / 2);
      day = end;
    }
    return success();
  }

  /// What has changed from `begin` on; answers until when.
  Result<Instant> by_change(Instant begin, Instant until) {
    bool first = true;
    while (begin < until) {
      const Instant end = std::min(until, begin + kLongest);
      STK_TRY(read("updateDateFrom", to_rfc3339(begin), "updateDateTo", to_rfc3339(end)));
      // The time known before may have been an old one.
      if (first && present() > until + kStale) until = present();
      first = false;
      begin = end;
    }
    return until;
  }

 private:
  /// Answers how many pages there were.
  Result<int> read(std::string_view from_name, std::string_view from, std::string_view until_name,
                   std::string_view until) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().key("dates").begin_object().field(from_name, from).field(until_name, until).end_object();
    json.field("fake", false).end_object();
    PageWatch watch(kOperation);
    WatchedOrders watched(sink_, watch);
    int pages = 0;
    STK_TRY(read_pages(watch, [&](const std::string& token) -> Result<NextPage> {
      ++pages;
      STK_TRY(const auto answer,
              calls_.post(page_of(path_, calls_.options().orders_per_page, token), kOperation, body, context_));
      return in_operation(kOperation, decode_orders(answer.body, watched, watch));
    }));
    return pages;
  }

  const Calls& calls_;
  const std::string path_;
  Newest sink_;
  const CallContext& context_;
};

std::optional<Instant> instant_in(std::string_view text) noexcept {
  std::int64_t micros = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), micros);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return Instant::from_micros(micros);
}

}  // namespace

Result<OrderCoverage> fetch_orders(const Calls& calls, std::int64_t business, Instant since, OrderSink& sink,
                                   const CallContext& context) {
  OrderReader reader(calls, business, sink, context);
  STK_TRY(const std::string noted, calls.recall(kChangesSince, context));
  const std::optional<Instant> interrupted = instant_in(noted);
  const Instant present = reader.present();
  const Instant earliest = present - capabilities().orders_kept;
  const bool first_load = since <= earliest;
  const Instant from = std::min(present, std::max(since, earliest + kOverlap) - kOverlap);
  const bool long_period = present - from > Duration(24h) * kWindowDays;
  Instant changes = interrupted ? std::min(from, *interrupted) : from;
  if (long_period) {
    if (first_load) {
      changes = present - kOverlap;  // what is read below has the state of now
    } else if (interrupted) {
      changes = *interrupted;
    }
    // A memory that fails costs requests, no more.
    if (first_load || !interrupted)
      (void)calls.remember_place(kChangesSince, std::to_string(changes.micros()), context);
    STK_TRY(reader.by_day(from, present));
    changes = std::min(changes, begin_of(day_of(present)));
  }
  STK_TRY(const Instant until, reader.by_change(changes, present));
  const OrderCoverage covered{from, reader.reaches(from, until)};
  sink.covered(covered);
  if (interrupted || long_period) (void)calls.remember_place(kChangesSince, "", context);
  return covered;
}

}  // namespace stocktracker::inline v0::yandex_market
