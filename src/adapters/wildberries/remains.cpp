#include "adapters/wildberries/remains.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <stocktracker/core/time_text.hpp>

#include "json/document.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

constexpr std::string_view kTask = "remains_task";     // "<id> <ordered at, microseconds>"
constexpr auto kTaskLife = std::chrono::minutes(100);  // the marketplace purges after two hours
constexpr std::int64_t kMostUnits = 1'000'000'000;     // of one row; more is no stock, and sums must not overflow
constexpr auto kPollEvery = std::chrono::seconds(5);

// Sums and transit among the names of warehouses: exact, as documented.
constexpr std::array<std::string_view, 3> kNoWarehouses{"В пути до получателей", "В пути возвраты на склад WB",
                                                        "Всего находится на складах"};

Error wrong(std::size_t row, std::string_view member, std::string_view what) {
  const std::string field = "[" + std::to_string(row) + "]." + std::string(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

bool is_task_id(std::string_view id) noexcept {
  return !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

class Report {
 public:
  Report(const Calls& calls, const CallContext& context)
      : calls_(calls), context_(context), base_(calls.options().hosts.analytics + "/api/v1/warehouse_remains") {}

  Result<HttpResponse> fetch() {
    STK_TRY(auto task, task_under_way());
    if (task.empty()) {
      STK_TRY(task, order());
    }
    STK_TRY(wait_for(task));
    STK_TRY(auto response, calls_.send(request_for(HttpMethod::get, base_ + "/tasks/" + task + "/download",
                                                   "wildberries.remains_download", "analytics"),
                                       context_));
    STK_TRY(calls_.remember(kTask, "", context_));
    return response;
  }

 private:
  Result<std::string> task_under_way() const {
    STK_TRY(const auto text, calls_.recall(kTask, context_));
    const std::size_t space = text.find(' ');
    std::int64_t at = 0;
    if (space == std::string::npos ||
        std::from_chars(text.data() + space + 1, text.data() + text.size(), at).ec != std::errc() ||
        !is_task_id(std::string_view(text).substr(0, space)) ||
        calls_.clock().now() - Instant::from_micros(at) > kTaskLife) {
      return std::string();
    }
    return text.substr(0, space);
  }

  Result<std::string> order() const {
    const auto request =
        request_for(HttpMethod::get, base_ + "?locale=ru&groupByNm=true&groupByBarcode=true&groupBySize=true",
                    "wildberries.remains_create", "analytics");
    STK_TRY(const auto response, calls_.send(request, context_));
    STK_TRY(const auto document, json::Document::parse(response.body));
    const auto id = document.root()["data"]["taskId"].text();
    if (!id || !is_task_id(*id)) {
      return Error(Errc::vendor_schema, "data.taskId is not an id").about("data.taskId").during(request.operation);
    }
    std::string task(*id);
    STK_TRY(calls_.remember(kTask, task + " " + std::to_string(calls_.clock().now().micros()), context_));
    return task;
  }

  Result<void> wait_for(const std::string& task) const {
    const Instant until = calls_.clock().now() + calls_.options().report_patience;
    while (true) {
      STK_TRY(calls_.clock().wait_until(calls_.clock().now() + kPollEvery, context_.stop));
      STK_TRY(const bool done, ready(task));
      if (done) return success();
      if (calls_.clock().now() + kPollEvery > until) {
        return Error(Errc::vendor_throttled, "the marketplace still prepares the report; the next run takes it up")
            .during("wildberries.remains_status")
            .retry_after(std::chrono::minutes(1))
            .may_retry();
      }
    }
  }

  Result<bool> ready(const std::string& task) const {
    const auto request =
        request_for(HttpMethod::get, base_ + "/tasks/" + task + "/status", "wildberries.remains_status", "analytics");
    auto response = calls_.send(request, context_);
    if (!response) {
      // A task that is not known any more must not be asked for again.
      if (response.error().errc() == Errc::vendor_method_gone) (void)calls_.remember(kTask, "", context_);
      return std::move(response).error();
    }
    STK_TRY(const auto document, json::Document::parse(response.value().body));
    const auto status = document.root()["data"]["status"].text();
    if (!status) return Error(Errc::vendor_schema, "data.status is missing").about("data.status");
    if (*status == "done") return true;
    if (*status == "new" || *status == "processing") return false;
    (void)calls_.remember(kTask, "", context_);
    return Error(Errc::vendor_unavailable, "the report's task ended as " + std::string(status->substr(0, 40)))
        .during(request.operation)
        .may_retry();
  }

  const Calls& calls_;
  const CallContext& context_;
  const std::string base_;
};

/// Rows of the report, warehouse by warehouse.
class Rows {
 public:
  explicit Rows(const Barcodes& barcodes) : barcodes_(barcodes) {}

  Result<void> take(json::Value row) {
    const std::size_t at = rows_++;
    const auto nm = row["nmId"].integer();
    if (!nm || *nm <= 0) return wrong(at, "nmId", "is not an id");
    const auto barcode = row["barcode"].text();
    if (!barcode) return wrong(at, "barcode", "is not a text");
    const std::int64_t chrt = barcodes_.find(*nm, std::string(*barcode));
    std::int64_t unplaced = 0;
    const auto place = [&](json::Value item) -> Result<void> {
      const auto name = item["warehouseName"].text();
      if (!name || name->empty()) return wrong(at, "warehouses.warehouseName", "is not a text");
      const auto quantity = item["quantity"].integer();
      if (!quantity || *quantity < 0 || *quantity > kMostUnits)
        return wrong(at, "warehouses.quantity", "is not a quantity");
      if (std::find(kNoWarehouses.begin(), kNoWarehouses.end(), *name) != kNoWarehouses.end()) return success();
      if (chrt == 0) {
        unplaced += *quantity;
        return success();
      }
      columns.offer.push(chrt);
      columns.listing.push(*nm);
      columns.warehouse.push_back(warehouse_of(*name));
      columns.on_hand.push_back(*quantity);
      return success();
    };
    STK_TRY(const bool listed, row["warehouses"].each(place));
    if (!listed) return wrong(at, "warehouses", "is not an array");
    if (unplaced > 0) {
      ++without_card_;
      unplaced_ += unplaced;
      open_.insert(*nm);
    }
    return success();
  }

  [[nodiscard]] std::string note() const {
    if (open_.empty()) return {};
    return std::to_string(without_card_) + " barcodes of the report have no card: " + std::to_string(unplaced_) +
           " units have no place, " + std::to_string(open_.size()) + " listings keep what was known";
  }

  /// Listings with units that no offer could be given: a part of their numbers would be a wrong number.
  [[nodiscard]] const std::set<std::int64_t>& open() const noexcept { return open_; }

  StockColumns columns;

 private:
  std::uint32_t warehouse_of(std::string_view name) {
    const auto found = std::find_if(columns.warehouses.begin(), columns.warehouses.end(),
                                    [&](const Warehouse& known) { return known.name == name; });
    if (found != columns.warehouses.end()) return static_cast<std::uint32_t>(found - columns.warehouses.begin());
    columns.warehouses.push_back({"name:" + std::string(name), std::string(name), "", WarehouseKind::marketplace});
    return static_cast<std::uint32_t>(columns.warehouses.size() - 1);
  }

  const Barcodes& barcodes_;
  std::size_t rows_ = 0;
  std::int64_t without_card_ = 0;
  std::int64_t unplaced_ = 0;
  std::set<std::int64_t> open_;
};

/// An offer with several barcodes has several rows in one warehouse: they are parts of one position.
StockColumns summed(StockColumns rows, const std::set<std::int64_t>& open) {
  std::map<std::pair<std::int64_t, std::uint32_t>, std::size_t> places;
  StockColumns sums;
  sums.warehouses = std::move(rows.warehouses);
  for (const std::int64_t listing : open) sums.unplaced.push(listing);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (open.count(rows.listing.number(row)) != 0) continue;
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

Result<StockColumns> decode_remains(std::string_view body, const Barcodes& barcodes, std::string& note) {
  STK_TRY(const auto document, json::Document::parse(body));
  Rows rows(barcodes);
  const auto take = [&](json::Value row) { return rows.take(row); };
  STK_TRY(const bool listed, document.root().each(take));
  if (!listed) return Error(Errc::vendor_schema, "the report is not an array");
  note = rows.note();
  return summed(std::move(rows.columns), rows.open());
}

Result<void> fetch_remains(const Calls& calls, const Barcodes& barcodes, StockSink& sink, const CallContext& context) {
  STK_TRY(const auto response, Report(calls, context).fetch());
  if (response.status == 204) return success();
  std::string note;
  STK_TRY(auto columns, in_operation("wildberries.remains_download", decode_remains(response.body, barcodes, note)));
  if (!note.empty()) sink.note(std::move(note));
  return sink.rows(std::move(columns));
}

}  // namespace stocktracker::inline v0::wildberries
