// Reads the remains report: orders it, waits for it, downloads it.
#include "adapters/wildberries/remains.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <vector>

#include <stocktracker/core/time_text.hpp>

#include "json/document.hpp"
#include "json/lenient.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

// "<id> <ordered at, this machine's clock> <created at, the marketplace's clock>", in microseconds; older versions
// wrote no third.
constexpr std::string_view kTask = "remains_task";
constexpr auto kTaskLife = std::chrono::minutes(100);  // the marketplace deletes it after two hours
constexpr auto kPollEvery = std::chrono::seconds(5);

constexpr Method kCreate{HttpMethod::get, &Hosts::analytics, "/api/v1/warehouse_remains", "wildberries.remains_create",
                         "analytics"};
constexpr Method kStatus{HttpMethod::get, &Hosts::analytics, "/api/v1/warehouse_remains/tasks/",
                         "wildberries.remains_status", "analytics"};
constexpr Method kDownload{HttpMethod::get, &Hosts::analytics, "/api/v1/warehouse_remains/tasks/",
                           "wildberries.remains_download", "analytics"};

// Names of sums and of transit among the names of warehouses: exact, as documented.
constexpr std::array<std::string_view, 3> kNoWarehouses{"В пути до получателей", "В пути возвраты на склад WB",
                                                        "Всего находится на складах"};

bool is_task_id(std::string_view id) noexcept {
  return !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

struct Task {
  std::string id{};  ///< empty: none
  std::optional<Instant> created{};
};

/// A remembered task that may still exist.
Task task_in(std::string_view text, Instant now) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos || !is_task_id(text.substr(0, space))) return {};
  const char* const end = text.data() + text.size();
  std::int64_t ordered = 0;
  const auto first = std::from_chars(text.data() + space + 1, end, ordered);
  if (first.ec != std::errc() || now - Instant::from_micros(ordered) > kTaskLife) return {};
  Task task{std::string(text.substr(0, space)), std::nullopt};
  std::int64_t created = 0;
  if (first.ptr != end && std::from_chars(first.ptr + 1, end, created).ec == std::errc()) {
    task.created = Instant::from_micros(created);
  }
  return task;
}

class Report {
 public:
  Report(const Calls& calls, const CallContext& context) : calls_(calls), context_(context) {}

  /// The report, and the time when its task was created, if it is known.
  Result<HttpResponse> fetch(std::optional<Instant>& created) {
    STK_TRY(const auto remembered, calls_.recall(kTask, context_));
    Task task = task_in(remembered, calls_.clock().now());
    if (task.id.empty()) {
      STK_TRY(task, order());
    }
    STK_TRY(wait_for(task.id));
    STK_TRY(auto response, calls_.ask(kDownload, context_, task.id + "/download"));
    STK_TRY(calls_.remember(kTask, "", context_));
    created = task.created;
    return response;
  }

 private:
  Result<Task> order() const {
    STK_TRY(const auto response,
            calls_.ask(kCreate, context_, "?locale=ru&groupByNm=true&groupByBarcode=true&groupBySize=true"));
    STK_TRY(const auto document, in_operation(kCreate.operation, json::Document::parse(response.body)));
    const auto id = document.root()["data"]["taskId"].text();
    if (!id || !is_task_id(*id)) {
      return Error(Errc::vendor_schema, "data.taskId is not an id").about("data.taskId").during(kCreate.operation);
    }
    const Instant now = calls_.clock().now();
    Task task{std::string(*id), vendor_time(response).value_or(now)};
    STK_TRY(calls_.remember(
        kTask, task.id + " " + std::to_string(now.micros()) + " " + std::to_string(task.created->micros()), context_));
    return task;
  }

  Result<void> wait_for(const std::string& task) const {
    const Instant until = calls_.clock().now() + calls_.options().report_patience;
    while (true) {
      context_.waiting();
      STK_TRY(calls_.clock().wait_until(calls_.clock().now() + kPollEvery, context_.stop));
      STK_TRY(const bool done, ready(task));
      if (done) return success();
      if (calls_.clock().now() + kPollEvery > until) {
        return Error(Errc::vendor_throttled, "the marketplace still prepares the report; the next run takes it up")
            .during(kStatus.operation)
            .retry_after(std::chrono::minutes(1))
            .may_retry();
      }
    }
  }

  Result<bool> ready(const std::string& task) const {
    auto response = calls_.ask(kStatus, context_, task + "/status");
    if (!response) {
      // An unknown task must not be requested again.
      if (response.error().errc() == Errc::vendor_method_gone) (void)calls_.remember(kTask, "", context_);
      return std::move(response).error();
    }
    STK_TRY(const auto document, in_operation(kStatus.operation, json::Document::parse(response.value().body)));
    const auto status = document.root()["data"]["status"].text();
    if (!status) {
      return Error(Errc::vendor_schema, "data.status is missing").about("data.status").during(kStatus.operation);
    }
    if (*status == "done") return true;
    if (*status == "new" || *status == "processing") return false;
    (void)calls_.remember(kTask, "", context_);
    return Error(Errc::vendor_unavailable, "the report's task ended as " + std::string(status->substr(0, 40)))
        .during(kStatus.operation)
        .may_retry();
  }

  const Calls& calls_;
  const CallContext& context_;
};

/// Decodes rows of the report, warehouse by warehouse.
class Rows {
 public:
  Rows(const Barcodes& barcodes, AnswerSink& sink) : barcodes_(barcodes), sink_(sink) {}

  Result<void> take(json::Value row) {
    const std::string place = "[" + std::to_string(rows_++) + "]";
    const auto nm = row["nmId"].integer();
    if (!nm || *nm <= 0) return leave_out(place, "nmId is not an id", 0, 0);
    const auto barcode = row["barcode"].text();
    if (!barcode) return leave_out(place, "barcode is not a text", *nm, 0);
    Subject subject{*nm, barcodes_.find(*nm, std::string(*barcode)), place, 0};
    const auto item = [&](json::Value value) { return take_place(value, subject); };
    const auto listed = json::each_of_list(row, "warehouses", item);
    if (!listed) return leave_out(place, "warehouses is not an array", *nm, subject.chrt);
    if (subject.unplaced > 0) {
      ++without_card_;
      unplaced_ += subject.unplaced;
      open_.insert(*nm);
    }
    return success();
  }

  [[nodiscard]] std::string note() const {
    if (without_card_ == 0) return {};
    return std::to_string(without_card_) + " barcodes of the report have no card: " + std::to_string(unplaced_) +
           " units have no place, " + std::to_string(open_.size()) + " listings keep what was known";
  }

  /// Listings with units that belong to no known offer: a part of their numbers would be a wrong number.
  [[nodiscard]] const std::set<std::int64_t>& open() const noexcept { return open_; }
  /// Offers with an unreadable part, for the same reason.
  [[nodiscard]] const std::set<std::int64_t>& partial() const noexcept { return partial_; }

  StockCells columns;

 private:
  /// The subject of a row.
  struct Subject {
    std::int64_t listing = 0;
    std::int64_t chrt = 0;  ///< 0: no card has its barcode
    std::string place{};
    std::int64_t unplaced = 0;
  };

  Result<void> take_place(json::Value item, Subject& subject) {
    const auto name = item["warehouseName"].text();
    if (!name || name->empty())
      return leave_out(subject.place, "warehouseName is not a text", subject.listing, subject.chrt);
    if (std::find(kNoWarehouses.begin(), kNoWarehouses.end(), *name) != kNoWarehouses.end()) return success();
    const auto amount = item["quantity"].integer();
    if (!amount || *amount > kMostUnits)
      return leave_out(subject.place, "quantity is not a quantity", subject.listing, subject.chrt);
    const std::int64_t quantity = std::max<std::int64_t>(0, *amount);
    if (*amount < 0) {
      const std::string key = subject.chrt == 0 ? std::string() : std::to_string(subject.chrt);
      sink_.odd_row({RowOddity::oversold, "quantity is negative", subject.place, key});
    }
    if (subject.chrt == 0) {
      subject.unplaced += quantity;
      return success();
    }
    columns.offer.push(subject.chrt);
    columns.listing.push(subject.listing);
    columns.warehouse.push_back(warehouse_of(*name));
    columns.on_hand.push_back(quantity);
    return success();
  }

  /// Keeps what is stored of the offer, or of all offers of the listing if the row does not name one.
  Result<void> leave_out(const std::string& place, std::string_view reason, std::int64_t listing, std::int64_t chrt) {
    std::vector<std::int64_t> offers;
    if (chrt != 0) {
      offers.push_back(chrt);
    } else if (listing != 0) {
      offers = barcodes_.offers_of(listing);
      open_.insert(listing);
    }
    partial_.insert(offers.begin(), offers.end());
    std::string key;
    if (!offers.empty()) key = std::to_string(offers.front());
    sink_.odd_row({RowOddity::unreadable, reason, place, key});
    return success();
  }

  std::uint32_t warehouse_of(std::string_view name) {
    const auto found = std::find_if(columns.warehouses.begin(), columns.warehouses.end(),
                                    [&](const Warehouse& known) { return known.name == name; });
    if (found != columns.warehouses.end()) return static_cast<std::uint32_t>(found - columns.warehouses.begin());
    columns.warehouses.push_back({"name:" + std::string(name), std::string(name), "", WarehouseKind::marketplace});
    return static_cast<std::uint32_t>(columns.warehouses.size() - 1);
  }

  const Barcodes& barcodes_;
  AnswerSink& sink_;
  std::size_t rows_ = 0;
  std::int64_t without_card_ = 0;
  std::int64_t unplaced_ = 0;
  std::set<std::int64_t> open_;
  std::set<std::int64_t> partial_;
};

/// An offer with several barcodes has several rows in one warehouse: they are parts of one position.
StockCells summed(StockCells rows, const std::set<std::int64_t>& open, const std::set<std::int64_t>& partial) {
  std::map<std::pair<std::int64_t, std::uint32_t>, std::size_t> places;
  StockCells sums;
  sums.warehouses = std::move(rows.warehouses);
  for (const std::int64_t listing : open) sums.unplaced.push(listing);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (open.count(rows.listing.number(row)) != 0 || partial.count(rows.offer.number(row)) != 0) continue;
    const auto [place, fresh] = places.try_emplace({rows.offer.number(row), rows.warehouse[row]}, sums.rows());
    if (fresh) {
      sums.offer.push(rows.offer.number(row));
      sums.listing.push(rows.listing.number(row));
      sums.warehouse.push_back(rows.warehouse[row]);
      sums.on_hand.push_back(rows.on_hand[row]);
    } else {
      sums.on_hand[place->second] += rows.on_hand[row];
    }
  }
  return sums;
}

}  // namespace

void Barcodes::begin() {
  const std::lock_guard lock(mutex_);
  complete_ = false;
  known_.clear();
}

void Barcodes::add(std::span<const OfferRow> page) {
  const std::lock_guard lock(mutex_);
  const auto number_of = [](std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  };
  for (const OfferRow& row : page) {
    for (const std::string_view code : row.barcodes) {
      known_[{number_of(row.listing), std::string(code)}] = number_of(row.key);
    }
  }
}

void Barcodes::finish() {
  const std::lock_guard lock(mutex_);
  complete_ = true;
}

bool Barcodes::complete() const {
  const std::lock_guard lock(mutex_);
  return complete_;
}

std::int64_t Barcodes::find(std::int64_t nm_id, const std::string& barcode) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find({nm_id, barcode});
  return found == known_.end() ? 0 : found->second;
}

std::vector<std::int64_t> Barcodes::offers_of(std::int64_t nm_id) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::int64_t> offers;
  for (auto at = known_.lower_bound({nm_id, {}}); at != known_.end() && at->first.first == nm_id; ++at) {
    if (std::find(offers.begin(), offers.end(), at->second) == offers.end()) offers.push_back(at->second);
  }
  return offers;
}

Result<StockCells> decode_remains(std::string_view body, const Barcodes& barcodes, std::string& note,
                                  AnswerSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  Rows rows(barcodes, sink);
  STK_TRY(json::each_of_list(document.root(), {}, [&](json::Value row) { return rows.take(row); }));
  note = rows.note();
  return summed(std::move(rows.columns), rows.open(), rows.partial());
}

Result<void> fetch_remains(const Calls& calls, const Barcodes& barcodes, StockSink& sink, const CallContext& context) {
  std::optional<Instant> created;
  STK_TRY(const auto response, Report(calls, context).fetch(created));
  // The report describes the time when its task was created, however late it is downloaded.
  if (created) sink.speaks_of(*created);
  if (response.status == 204) return success();
  std::string note;
  STK_TRY(auto columns, in_operation(kDownload.operation, decode_remains(response.body, barcodes, note, sink)));
  if (!note.empty()) sink.note(std::move(note));
  return sink.rows(StockPage(std::move(columns)));
}

}  // namespace stocktracker::inline v0::wildberries
