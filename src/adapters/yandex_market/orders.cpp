// Reads periods of orders; order_rows.cpp decodes them.
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
/// Longest span of a filter on times.
constexpr Duration kLongest = 24h * 30 - 1min;
/// Orders of the Market's own warehouses are reported late, up to 40 minutes.
constexpr Duration kOverlap = 1h;
/// A longer period is read by the day of ordering, in windows that first have this many days.
constexpr std::int64_t kWindowDays = 3;
constexpr std::int64_t kMostDays = 30;
/// After a window with fewer pages than this, the next one is twice as long.
constexpr int kFewPages = 4;
/// If the vendor's time at the end of a first list is older than this, later changes are requested, too.
constexpr Duration kStale = 10min;
/// Name in the account's memory: the time from which changes must be read, in microseconds. Kept during a long first
/// load.
constexpr std::string_view kChangesSince = "yandex_market.order_changes_since";
/// The same, for the place where an interrupted window continues.
constexpr std::string_view kPlace = "yandex_market.order_place";
/// How long a page's token is assumed to be valid; the documentation does not say.
constexpr Duration kPlaceKept = 6h;

/// The filters' days are Moscow's.
constexpr Duration kMoscow = 3h;
constexpr std::int64_t kDay = Duration(24h).count();
std::int64_t day_of(Instant at) noexcept { return (at + kMoscow).micros() / kDay; }
Instant begin_of(std::int64_t day) noexcept { return Instant::from_micros(day * kDay) - kMoscow; }
std::string date_of(std::int64_t day) { return to_rfc3339(Instant::from_micros(day * kDay)).substr(0, 10); }

/// Stores the time of the newest line.
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
  void emptied(std::string_view order) override { next_.emptied(order); }
  [[nodiscard]] std::optional<Instant> at() const noexcept { return at_; }

 private:
  OrderSink& next_;
  std::optional<Instant> at_;
};

/// One list of orders: by the day of ordering, or by the time of change in microseconds; the end is excluded.
struct Window {
  enum class By : char { day = 'd', change = 'c' };
  By by = By::day;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  friend bool operator==(const Window&, const Window&) = default;
};

/// A window, and its next page.
struct Place {
  Window window;
  std::int64_t noted_at = 0;
  std::string token;

  [[nodiscard]] std::string text() const {
    return std::string(1, static_cast<char>(window.by)) + " " + std::to_string(window.begin) + " " +
           std::to_string(window.end) + " " + std::to_string(noted_at) + " " + token;
  }
  static std::optional<Place> parse(std::string_view text) {
    if (text.size() < 2 || (text[0] != 'd' && text[0] != 'c')) return std::nullopt;
    Place place;
    place.window.by = static_cast<Window::By>(text[0]);
    const char* at = text.data() + 1;
    const char* const end = text.data() + text.size();
    for (std::int64_t* number : {&place.window.begin, &place.window.end, &place.noted_at}) {
      if (at == end || *at != ' ') return std::nullopt;
      const auto parsed = std::from_chars(at + 1, end, *number);
      if (parsed.ec != std::errc()) return std::nullopt;
      at = parsed.ptr;
    }
    if (at == end || *at != ' ') return std::nullopt;
    place.token.assign(at + 1, end);
    return place.token.empty() ? std::nullopt : std::optional(std::move(place));
  }
};

class OrderReader {
 public:
  OrderReader(const Calls& calls, std::int64_t business, OrderSink& sink, const CallContext& context)
      : calls_(calls),
        path_("/v1/businesses/" + std::to_string(business) + "/orders"),
        sink_(sink),
        context_(context) {}

  /// Continues what an earlier call could not finish.
  Result<void> recall() {
    STK_TRY(const std::string text, calls_.recall(kPlace, context_));
    noted_ = !text.empty();
    place_ = Place::parse(text);
    const std::int64_t age = place_ ? calls_.clock().now().micros() - place_->noted_at : 0;
    if (place_ && (age < 0 || age > kPlaceKept.count())) place_.reset();
    return success();
  }

  /// Neither later than the vendor has reported nor later than this machine's clock.
  [[nodiscard]] Instant present() const {
    const Instant now = calls_.clock().now();
    return std::min(now, calls_.reported_time().value_or(now));
  }
  /// End of the period that an answer covers: this machine's clock may be ahead.
  [[nodiscard]] Instant reaches(Instant from, Instant until) const {
    return std::max(from, std::min(until, calls_.reported_time().value_or(sink_.at().value_or(from))));
  }

  /// Every complete day from that of `from` to that of `until`, which is excluded.
  Result<void> by_day(Instant from, Instant until) {
    std::int64_t length = kWindowDays;
    const std::int64_t last = day_of(until);
    std::int64_t day = day_of(from);
    // What is before an interrupted window is known; the period begins a little earlier than it.
    const bool goes_on = place_ && place_->window.by == Window::By::day && place_->window.begin <= day + 1 &&
                         place_->window.end > day && place_->window.end <= last;
    if (goes_on) day = place_->window.begin;
    for (bool first = true; day < last; first = false) {
      const std::int64_t end = first && goes_on ? place_->window.end : std::min(last, day + length);
      STK_TRY(const int pages, read({Window::By::day, day, end}));
      sink_.covered({from, reaches(from, begin_of(end))});
      length = pages <= kFewPages ? std::min(kMostDays, length * 2) : std::max(kWindowDays, length / 2);
      day = end;
    }
    return success();
  }

  /// Reads changes from `begin` on; returns the time until which they are complete.
  Result<Instant> by_change(Instant begin, Instant until) {
    for (bool first = true; begin < until; first = false) {
      Instant end = std::min(until, begin + kLongest);
      // An order that changes again after the end is in the next window.
      const bool goes_on = first && place_ && place_->window.by == Window::By::change &&
                           place_->window.begin == begin.micros() && place_->window.end <= until.micros();
      if (goes_on) end = Instant::from_micros(place_->window.end);
      STK_TRY(read({Window::By::change, begin.micros(), end.micros()}));
      // The time known before may have been an old one.
      if (first && present() > until + kStale) until = present();
      begin = end;
    }
    return until;
  }

  /// Call when every window was read.
  void done() const {
    if (noted_) (void)calls_.remember_place(kPlace, "", context_);
  }

 private:
  static std::string body_of(const Window& window) {
    const bool day = window.by == Window::By::day;
    const auto text = [&](std::int64_t at) { return day ? date_of(at) : to_rfc3339(Instant::from_micros(at)); };
    std::string body;
    JsonWriter json(body);
    json.begin_object().key("dates").begin_object();
    json.field(day ? "creationDateFrom" : "updateDateFrom", text(window.begin));
    json.field(day ? "creationDateTo" : "updateDateTo", text(window.end)).end_object();
    json.field("fake", false).end_object();
    return body;
  }

  /// Returns the number of pages.
  Result<int> read(const Window& window) {
    std::string begin;
    if (place_ && place_->window == window) begin = place_->token;
    place_.reset();
    auto pages = read_from(window, begin);
    // The token is not valid any more: the window is read from its first page.
    if (!pages && !begin.empty() && pages.error().errc() == Errc::vendor_rejected) return read_from(window, {});
    return pages;
  }

  Result<int> read_from(const Window& window, const std::string& begin) {
    const std::string body = body_of(window);
    PageWatch watch(kOperation);
    WatchedOrders watched(sink_, watch);
    int pages = 0;
    std::string at = begin;
    auto read = read_pages(watch, [&](const std::string& token) -> Result<NextPage> {
      ++pages;
      if (!token.empty()) at = token;
      STK_TRY(const auto answer,
              calls_.post(page_of(path_, calls_.options().orders_per_page, at), kOperation, body, context_));
      return in_operation(kOperation, decode_orders(answer.body, watched, watch));
    });
    if (!read) {
      if (!at.empty()) note({window, calls_.clock().now().micros(), at}, read.error());
      return std::move(read).error();
    }
    return pages;
  }

  /// Runs also after the deadline, so that the next call gets further.
  void note(const Place& place, const Error& why) const {
    const ErrorKind kind = why.kind();
    if (kind != ErrorKind::timeout && kind != ErrorKind::rate_limited && kind != ErrorKind::unavailable) return;
    CallContext late = context_;
    late.timeout.reset();
    late.deadline = Instant::latest();
    (void)calls_.remember_place(kPlace, place.text(), late);  // without it the window is read from its beginning
  }

  const Calls& calls_;
  const std::string path_;
  Newest sink_;
  const CallContext& context_;
  std::optional<Place> place_;  ///< where the first window continues
  bool noted_ = false;
};

std::optional<Instant> instant_in(std::string_view text) noexcept {
  std::int64_t micros = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), micros);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return Instant::from_micros(micros);
}

}  // namespace

Result<OrderCoverage> fetch_orders(const Calls& calls, std::int64_t business, const OrderQuery& query, OrderSink& sink,
                                   const CallContext& context) {
  const Instant since = query.since;
  OrderReader reader(calls, business, sink, context);
  STK_TRY(reader.recall());
  STK_TRY(const std::string noted, calls.recall(kChangesSince, context));
  const std::optional<Instant> interrupted = instant_in(noted);
  const Instant present = reader.present();
  const Instant earliest = present - capabilities().orders_kept;
  const bool first_load = !interrupted && (query.first || since <= earliest);
  const Instant from = std::min(present, std::max(since, earliest + kOverlap) - kOverlap);
  const bool long_period = present - from > Duration(24h) * kWindowDays;
  Instant changes = interrupted ? std::min(from, *interrupted) : from;
  if (long_period) {
    if (first_load) {
      changes = present - kOverlap;  // what is read below has the present state
    } else if (interrupted) {
      changes = *interrupted;
    }
    // If the memory fails, only more requests are needed.
    if (first_load || !interrupted)
      (void)calls.remember_place(kChangesSince, std::to_string(changes.micros()), context);
    STK_TRY(reader.by_day(from, present));
    changes = std::min(changes, begin_of(day_of(present)));
  }
  STK_TRY(const Instant until, reader.by_change(changes, present));
  const OrderCoverage covered{from, reader.reaches(from, until)};
  sink.covered(covered);
  reader.done();
  if (interrupted || long_period) (void)calls.remember_place(kChangesSince, "", context);
  return covered;
}

}  // namespace stocktracker::inline v0::yandex_market
