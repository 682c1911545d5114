// Reads stock in the marketplace's warehouses: by the main method, or by the remains report.
#include "adapters/wildberries/fbo_report.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "adapters/wildberries/stock_page.hpp"
#include "core/hash.hpp"
#include "marketplace/page_watch.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

constexpr Method kReport{HttpMethod::post, &Hosts::analytics, "/api/analytics/v1/stocks-report/wb-warehouses",
                         "wildberries.wb_warehouses", "analytics"};
constexpr std::string_view kLastRows = "fbo_rows";  // of the last complete answer
constexpr int kTries = 3;
/// Limits that servers choose are round numbers: an answer with exactly such a number of rows may be incomplete.
constexpr std::int64_t kRound = 1'000;
constexpr std::size_t kBorder = 1'000;

/// Finds rows that come again on a later page. Hidden warehouses may repeat an offer, so for them only a repeated
/// border counts as a repetition.
class Repetitions {
 public:
  enum class Found : unsigned char { none, some, all };
  /// The rows of the page that repeat earlier rows, as far as that can be known.
  Found found_in(const StockCells& page) {
    ids_.clear();
    for (const Warehouse& warehouse : page.warehouses) ids_.push_back(number_of(warehouse.key));
    // Most reports are one page: its rows are only stored, and sorted when another page comes.
    std::vector<std::uint64_t> rows = identities(page);
    Found repeated = Found::none;
    if (page.rows() > 0 && !border_.empty()) {
      std::sort(seen_.begin() + static_cast<std::ptrdiff_t>(sorted_), seen_.end());
      std::inplace_merge(seen_.begin(), seen_.begin() + static_cast<std::ptrdiff_t>(sorted_), seen_.end());
      sorted_ = seen_.size();
      std::vector<std::uint64_t> ordered = rows;
      std::sort(ordered.begin(), ordered.end());
      const std::size_t border = border_repeated(page);
      const std::size_t known = common(seen_, ordered);
      if (border > 0 || known > 0) repeated = Found::some;
      if (border == page.rows() || (known > 0 && known == ordered.size())) repeated = Found::all;
    }
    if (seen_.empty()) {
      seen_ = std::move(rows);
    } else {
      seen_.insert(seen_.end(), rows.begin(), rows.end());
    }
    border_.clear();
    for (std::size_t row = page.rows() - std::min(page.rows(), kBorder); row < page.rows(); ++row) {
      border_.push_back(row_of(page, row));
    }
    return repeated;
  }

 private:
  using Row = std::array<std::int64_t, 5>;

  static std::int64_t number_of(std::string_view key) {
    std::int64_t id = 0;
    std::from_chars(key.data(), key.data() + key.size(), id);
    return id;
  }
  Row row_of(const StockCells& page, std::size_t row) const {
    return {page.offer.number(row), ids_[page.warehouse[row]], page.on_hand[row],
            page.to_client.empty() ? 0 : page.to_client[row], page.from_client.empty() ? 0 : page.from_client[row]};
  }
  std::size_t border_repeated(const StockCells& page) const {
    std::vector<Row> head;
    for (std::size_t row = 0; row < std::min(page.rows(), border_.size()); ++row) head.push_back(row_of(page, row));
    for (std::size_t length = head.size(); length > 0; --length) {
      if (std::equal(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(length),
                     border_.end() - static_cast<std::ptrdiff_t>(length))) {
        return length;
      }
    }
    return 0;
  }
  /// Hashes of offer and warehouse, for rows of disclosed warehouses.
  std::vector<std::uint64_t> identities(const StockCells& page) const {
    std::vector<std::uint64_t> made;
    made.reserve(page.rows());
    for (std::size_t row = 0; row < page.rows(); ++row) {
      if (page.warehouses[page.warehouse[row]].kind == WarehouseKind::undisclosed) continue;
      const std::array<std::int64_t, 2> both{page.offer.number(row), ids_[page.warehouse[row]]};
      made.push_back(hash64({reinterpret_cast<const char*>(both.data()), sizeof both}));
    }
    return made;
  }
  static std::size_t common(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
    std::size_t both = 0;
    auto left = a.begin();
    auto right = b.begin();
    while (left != a.end() && right != b.end()) {
      if (*left == *right) ++both;
      *left < *right ? ++left : ++right;
    }
    return both;
  }

  std::vector<std::int64_t> ids_;  ///< of the page's warehouses
  std::vector<std::uint64_t> seen_;
  std::size_t sorted_ = 0;  ///< this many of `seen_` are sorted
  std::vector<Row> border_;
};

/// One attempt to read the complete report.
class Reading {
 public:
  Reading(const Calls& calls, StockSink& sink, const CallContext& context, std::int64_t last_rows)
      : calls_(calls), sink_(sink), context_(context), last_rows_(last_rows) {}

  /// Errc::vendor_rebuilt: try again.
  Result<void> run() {
    const std::int64_t limit = calls_.options().stock_rows_per_page;
    const std::int64_t built = build_number();
    while (true) {
      STK_TRY(const std::int64_t rows, page());
      rows_ += rows;
      if (rows == 0) break;
      // A single page that is not full, with no fewer rows than the last time, is taken as complete.
      if (pages_ == 1 && rows < limit && rows % kRound != 0 && last_rows_ >= 0 && rows >= last_rows_) break;
    }
    // A page that was not full contains all rows of its build, whatever the next page contains.
    const bool one_build_needed = pages_ > 2 || (pages_ == 2 && (!ended_empty_ || rows_ == limit));
    if (one_build_needed) {
      if (build_number() != built) return rebuilt("the report was rebuilt between its pages");
    }
    return success();
  }
  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }

 private:
  static Error endless() {
    return Error(Errc::vendor_contradiction, "the report answers the same page again").may_retry();
  }
  static Error rebuilt(std::string_view why) { return Error(Errc::vendor_rebuilt, std::string(why)).may_retry(); }

  [[nodiscard]] std::int64_t build_number() const {
    return calls_.clock().now().micros() / capabilities().fbo_refresh.count();
  }

  Result<std::int64_t> page() {
    ++pages_;
    STK_TRY(auto response, calls_.ask(kReport, context_, {},
                                      "{\"limit\":" + std::to_string(calls_.options().stock_rows_per_page) +
                                          ",\"offset\":" + std::to_string(rows_) + "}"));
    if (response.status == 204) {
      ended_empty_ = true;
      return 0;
    }
    // A server that ignores the offset answers the same page repeatedly: detected before decoding.
    std::string digest = digest128(response.body.data(), response.body.size()).text();
    if (digest == last_digest_) return endless();
    last_digest_ = std::move(digest);
    STK_TRY(auto page, decode_stock_page(response.body, sink_));
    response.body = {};
    ended_empty_ = page.rows == 0;
    const auto repeated = repetitions_.found_in(page.columns);
    // A rebuild moves rows across a border; it does not repeat a complete page.
    if (repeated == Repetitions::Found::all) return endless();
    if (repeated == Repetitions::Found::some) return rebuilt("pages of the report repeat rows of one another");
    watch_.fresh(page.columns.rows());
    if (page.columns.rows() > 0) {
      STK_TRY(sink_.rows(StockPage(std::move(page.columns))));
    }
    const auto rows = static_cast<std::int64_t>(page.rows);
    if (rows > 0) {
      STK_TRY(watch_.turn(std::to_string(rows_ + rows)));
    }
    return rows;
  }

  const Calls& calls_;
  StockSink& sink_;
  const CallContext& context_;
  const std::int64_t last_rows_;  ///< -1: not known
  std::int64_t rows_ = 0;
  int pages_ = 0;
  bool ended_empty_ = false;
  std::string last_digest_;
  Repetitions repetitions_;
  PageWatch watch_{kReport.operation};
};

Result<std::int64_t> last_rows(const Calls& calls, const CallContext& context) {
  STK_TRY(const auto text, calls.recall(kLastRows, context));
  std::int64_t rows = -1;
  if (text.empty() || std::from_chars(text.data(), text.data() + text.size(), rows).ec != std::errc()) return -1;
  return rows;
}

}  // namespace

Result<bool> fbo_report_worked(const Calls& calls, const CallContext& context) {
  STK_TRY(const std::int64_t rows, last_rows(calls, context));
  return rows >= 0;
}

Result<void> fetch_fbo_report(const Calls& calls, StockSink& sink, const CallContext& context) {
  STK_TRY(const std::int64_t known, last_rows(calls, context));
  std::string why;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    if (attempt > 0) sink.restart();
    Reading reading(calls, sink, context, known);
    auto read = reading.run();
    if (read) {
      if (reading.rows() == known) return success();
      return calls.remember(kLastRows, std::to_string(reading.rows()), context);
    }
    if (read.error().errc() != Errc::vendor_rebuilt) return in_operation(kReport.operation, std::move(read));
    why = read.error().message();
  }
  return Error(Errc::vendor_rebuilt, why + ", three times").during(kReport.operation).may_retry();
}

}  // namespace stocktracker::inline v0::wildberries
