// OrderPass: reads postings of a period; remembers where to continue, and what it has covered.
#include "adapters/ozon/order_pass.hpp"

#include <algorithm>
#include <charconv>
#include <deque>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "adapters/ozon/postings.hpp"
#include "marketplace/watched_sinks.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kMemory = "orders_pass";
constexpr std::string_view kFormat = "1";
/// An older pass is not continued: what it read first may have changed since.
constexpr Duration kPassLives = 6h;
/// If lines are this much older than earlier ones, the list is not in the order of time.
constexpr Duration kDisorder = 24h;
/// The engine may ask from this much before `reached`; if from earlier, it does not have what the pass delivered.
constexpr Duration kOverlap = 24h;

constexpr Duration kTick = std::chrono::microseconds(1);

/// One of the two lists.
class PostingList {
 public:
  PostingList(StockKind kind, std::string cursor, Instant start, OrderSink& sink)
      : kind_(kind),
        watch_(operation()),
        sink_(sink, watch_),
        cursor_(std::move(cursor)),
        begin_(cursor_),
        start_(start),
        behind_(start) {}

  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// Everything that was read is older.
  [[nodiscard]] Instant behind() const noexcept { return behind_; }

  Result<void> read_page(const Calls& calls, const OrderPass& pass, const Returns& returns, Instant now,
                         const CallContext& context) {
    const bool fbo = kind_ == StockKind::fbo;
    STK_TRY(const auto answer, calls.post(fbo ? "/v3/posting/fbo/list" : "/v4/posting/fbs/list", operation(),
                                          request(calls.options().postings_per_page, pass), context));
    STK_TRY(const auto page,
            in_operation(operation(), decode_postings(answer.body, {kind_, returns, now, &watch_}, sink_)));
    pages_.push_back({cursor_, behind_});
    note(page);
    STK_TRY(const auto next, in_operation(operation(), page.next.next()));
    if (!next) {
      ended_ = true;
      return success();
    }
    STK_TRY(watch_.turn(*next));
    cursor_ = *next;
    return success();
  }

  /// Everything ordered before this time has been delivered by this list, and a later call can continue from here.
  [[nodiscard]] Instant reached(Instant until) const {
    if (ended_) return until;
    if (pages_.empty() || disordered_) return start_;
    const Instant at = std::max(start_, behind_ - kTick - delay_);
    // Pages with a single time: none of them has passed it, so the pass can only continue.
    return resume_at(at) == begin_ ? behind_ : at;
  }

  /// The cursor of the page from which on everything ordered at `at` or later follows.
  [[nodiscard]] const std::string& resume_at(Instant at) const {
    if (!ended_ && !pages_.empty() && behind_ <= at) return cursor_;
    for (auto page = pages_.rbegin(); page != pages_.rend(); ++page) {
      if (page->behind <= at) return page->cursor;
    }
    return begin_;
  }
  [[nodiscard]] bool goes_on_at(const std::string& cursor) const { return cursor != begin_; }

 private:
  struct Page {
    std::string cursor;
    Instant behind;  ///< everything on the pages before it is older
  };

  [[nodiscard]] std::string_view operation() const noexcept {
    return kind_ == StockKind::fbo ? "ozon.fbo_postings" : "ozon.fbs_postings";
  }

  [[nodiscard]] std::string request(int limit, const OrderPass& pass) const {
    std::string body;
    JsonWriter json(body);
    json.begin_object().field("cursor", std::string_view(cursor_)).key("filter").begin_object();
    json.field("since", to_rfc3339(pass.from)).field("to", to_rfc3339(pass.until)).end_object();
    json.field("limit", limit).field("sort_dir", "ASC");
    json.key("with").begin_object().field("analytics_data", true).end_object().end_object();
    return body;
  }

  void note(const PostingPage& page) {
    delay_ = std::max(delay_, page.delay);
    if (!page.newest) return;
    if (*page.oldest + kDisorder < behind_ && pages_.size() > 1) disordered_ = true;
    behind_ = std::max(behind_, *page.newest + kTick);
  }

  const StockKind kind_;
  PageWatch watch_;
  WatchedOrders sink_;
  std::string cursor_;       ///< of the next page
  const std::string begin_;  ///< of this call's first page
  const Instant start_;
  std::deque<Page> pages_;
  Instant behind_;
  Duration delay_{};  ///< from an order to its processing: the documentation does not say which of them orders the list
  bool disordered_ = false;
  bool ended_ = false;
};

/// Never before the earliest instant: subtracting from it has no meaning.
Instant begin_of_pass(Instant since, Instant now, Duration restated) {
  const Instant earliest = now - capabilities().orders_kept;
  return since <= earliest + restated ? earliest : std::min(now, since - restated);
}

/// True if a pass can be continued after this error.
bool may_go_on(const Error& error) noexcept {
  switch (error.errc()) {
    case Errc::vendor_contradiction:
    case Errc::vendor_schema:
    case Errc::vendor_rejected:
    case Errc::cancelled:
    case Errc::lease_lost:
      return false;
    default:
      return true;
  }
}

/// One call.
class OrderReading {
 public:
  OrderReading(const Calls& calls, OrderSink& sink, const CallContext& context)
      : calls_(calls), sink_(sink), context_(context) {}

  Result<OrderCoverage> run(Instant since) {
    const auto remembered = calls_.recall(kMemory, context_);
    remembers_ = remembered && !remembered.value().empty();
    const Instant own = calls_.clock().now();
    const auto left = remembers_ ? OrderPass::parse(remembered.value()) : std::nullopt;
    const bool goes_on = left && can_go_on(*left, since, own);
    if (goes_on) {
      pass_ = *left;
    } else {
      begin(since, own);
    }
    STK_TRY(auto returns, returns_until(std::max(own, pass_.until)));
    // By now the marketplace has reported its time. This machine's clock may be ahead of it: up to an hour is accepted,
    // because what is covered ends at the marketplace's time anyway.
    const Instant theirs = calls_.reported_time().value_or(own);
    if (!goes_on && (own + 1min < theirs || own > theirs + 1h)) {
      begin(since, std::clamp(own, theirs, theirs + 1h));
      STK_TRY(returns, returns_until(pass_.until));
    }
    start_ = pass_.reached;
    PostingList fbo(StockKind::fbo, pass_.cursors[0], start_, sink_);
    PostingList fbs(StockKind::fbs, pass_.cursors[1], start_, sink_);
    if (auto read = read_both(fbo, fbs, returns); !read) return interrupted(fbo, fbs, std::move(read).error());
    const OrderCoverage covered{start_, std::max(start_, covered_until(pass_.until, fbo, fbs))};
    if (covered.until > covered.from) sink_.covered(covered);
    if (remembers_) keep("");
    return covered;
  }

 private:
  [[nodiscard]] static bool can_go_on(const OrderPass& pass, Instant since, Instant now) {
    const Duration age = now > pass.until ? now - pass.until : pass.until - now;
    // The requested period must begin within the pass, and the pass's lines must have been stored.
    return age <= kPassLives && since >= pass.from && since + kOverlap >= std::min(pass.reached, pass.until);
  }

  void begin(Instant since, Instant now) {
    pass_.from = pass_.reached = begin_of_pass(since, now, calls_.options().restated);
    pass_.until = now;
  }

  /// Filters to the complete period: pages where a pass continues contain older lines, too.
  [[nodiscard]] Result<Returns> returns_until(Instant until) const {
    return fetch_returns(calls_, pass_.from, until, sink_, context_);
  }

  Result<void> read_both(PostingList& fbo, PostingList& fbs, const Returns& returns) const {
    while (!fbo.ended() || !fbs.ended()) {
      PostingList& next = fbs.ended() || (!fbo.ended() && fbo.behind() <= fbs.behind()) ? fbo : fbs;
      STK_TRY(next.read_page(calls_, pass_, returns, pass_.until, context_));
    }
    return success();
  }

  /// Never later than the marketplace has reported: its time, or its newest order.
  [[nodiscard]] Instant covered_until(Instant until, const PostingList& fbo, const PostingList& fbs) const {
    return std::min(until, calls_.reported_time().value_or(std::max(fbo.behind(), fbs.behind())));
  }

  Error interrupted(const PostingList& fbo, const PostingList& fbs, Error why) {
    if (!may_go_on(why)) {
      if (remembers_ && why.kind() != ErrorKind::cancelled) keep("");
      return why;
    }
    Instant at = std::min(fbo.reached(pass_.until), fbs.reached(pass_.until));
    at = std::max(start_, covered_until(at, fbo, fbs));
    const std::array<std::string, 2> cursors{fbo.resume_at(at), fbs.resume_at(at)};
    const bool moved = fbo.goes_on_at(cursors[0]) || fbs.goes_on_at(cursors[1]);
    if (at == start_ && moved) at = start_ + kTick;  // pages with a single time
    if (at == start_) return why;
    sink_.covered({start_, at});
    pass_.reached = at;
    pass_.cursors = cursors;
    keep(pass_.text());
    return why;
  }

  /// Runs also after the deadline, so that the next call gets further. A stop request still counts.
  void keep(std::string_view text) const {
    CallContext late = context_;
    late.timeout.reset();
    late.deadline = Instant::latest();
    (void)calls_.remember_place(kMemory, text, late);  // if it fails, the next call begins at the same place again
  }

  const Calls& calls_;
  OrderSink& sink_;
  const CallContext& context_;
  OrderPass pass_;
  Instant start_{};  ///< of the period that this call covers
  bool remembers_ = false;
};

}  // namespace

std::string OrderPass::text() const {
  std::string text(kFormat);
  for (const Instant at : {from, until, reached}) text.append("\n").append(std::to_string(at.micros()));
  for (const std::string& cursor : cursors) text.append("\n").append(cursor);
  return text;
}

std::optional<OrderPass> OrderPass::parse(std::string_view text) {
  std::array<std::string_view, 6> parts;
  for (std::size_t n = 0; n < parts.size(); ++n) {
    const std::size_t end = text.find('\n');
    if ((end == std::string_view::npos) != (n + 1 == parts.size())) return std::nullopt;
    parts[n] = text.substr(0, end);
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  if (parts[0] != kFormat) return std::nullopt;
  OrderPass pass;
  for (std::size_t n = 0; n < 3; ++n) {
    const std::string_view digits = parts[n + 1];
    std::int64_t micros = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), micros);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
    (n == 0 ? pass.from : n == 1 ? pass.until : pass.reached) = Instant::from_micros(micros);
  }
  if (pass.from > pass.reached || pass.reached > pass.until + kTick) return std::nullopt;
  pass.cursors = {std::string(parts[4]), std::string(parts[5])};
  return pass;
}

Result<OrderCoverage> fetch_orders(const Calls& calls, Instant since, OrderSink& sink, const CallContext& context) {
  return OrderReading(calls, sink, context).run(since);
}

}  // namespace stocktracker::inline v0::ozon
