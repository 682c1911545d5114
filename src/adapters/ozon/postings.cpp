// Decodes FBO and FBS postings into order lines.
#include "adapters/ozon/postings.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <stocktracker/core/time_text.hpp>

#include "json/lenient.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

/// The first member that exists and is not empty.
std::string_view text_in(const json::Value& value, std::string_view a, std::string_view b) {
  const auto first = value[a].text();
  if (first && !first->empty()) return *first;
  return value[b].text().value_or("");
}

std::optional<Instant> time_in(const json::Value& value, std::string_view member) {
  const auto text = value[member].text();
  if (!text || text->empty()) return std::nullopt;
  const auto at = parse_rfc3339(*text);
  return at ? std::optional(at.value()) : std::nullopt;
}

/// The time of ordering. A posting that waits to be registered has neither of the first two dates: the nearest of the
/// others is used, and if that is in the future, the time of reading.
std::optional<Instant> ordered_at(const json::Value& posting, Instant until) {
  for (const char* member : {"created_at", "in_process_at"}) {
    if (const auto at = time_in(posting, member)) return at;
  }
  constexpr std::int64_t kDay = 86'400'000'000;
  for (const char* member : {"delivering_date", "shipment_date", "shipment_date_without_delay"}) {
    const auto at = time_in(posting, member);
    if (!at) continue;
    return *at <= until ? at : std::optional(Instant::from_micros(until.micros() - until.micros() % kDay));
  }
  return std::nullopt;
}

std::optional<Money> price_of(const json::Value& product) {
  const auto amount = json::decimal(product["price"]["amount"]);
  const auto currency = Currency::parse(product["price"]["currency"].text().value_or(""));
  if (!amount || !currency) return std::nullopt;
  const auto exact = Money::parse(*amount, currency.value());
  return exact ? std::optional(exact.value()) : std::nullopt;
}

/// Decodes the lines of a page, posting by posting.
class Lines {
 public:
  explicit Lines(const PostingReading& reading) : reading_(reading) {}

  [[nodiscard]] std::span<const OrderLineRow> rows() const noexcept { return rows_; }
  [[nodiscard]] const PostingPage& page() const noexcept { return page_; }

  Result<void> posting(json::Value value, std::size_t at, OrderSink& sink) {
    OrderLineRow base;
    base.order = value["posting_number"].text().value_or("");
    if (base.order.empty()) return row_error("posting_number", "is empty");
    if (reading_.watch != nullptr) reading_.watch->row(base.order);
    const auto word = value["status"].text();
    if (!word) return row_error("status", "is no text");
    base.status_text = *word;
    base.status = status_of(*word);
    base.kind = reading_.kind;
    const auto ordered = ordered_at(value, reading_.until);
    if (!ordered) return row_error("in_process_at", "is no time, nor is another date of the posting");
    base.ordered_at = base.changed_at = *ordered;
    note_dates(value);
    // The warehouse is named in data that may be absent.
    const json::Value place = reading_.kind == StockKind::fbo ? value["analytics_data"] : value["delivery_method"];
    if (const auto id = json::lenient_integer(place["warehouse_id"]); id && *id > 0) base.warehouse = texts_.add(*id);
    base.warehouse_name = text_in(place, "warehouse_name", "warehouse");
    const std::size_t first = rows_.size();
    skus_.clear();
    const std::string path = "postings[" + std::to_string(at) + "].products";
    const auto key = [&](json::Value) { return std::string(base.order); };
    STK_TRY(each_row(value, path, sink, key, [&](json::Value one) { return product(one, base, path, sink); }));
    for (std::size_t row = first; row < rows_.size(); ++row) settle(rows_[row]);
    return success();
  }

 private:
  /// A posting may contain a product twice: its units form one line, with a price if all have the same.
  Result<void> product(json::Value one, const OrderLineRow& base, const std::string& path, OrderSink& sink) {
    OrderLineRow row = base;
    const auto sku = json::lenient_integer(one["sku"]);
    if (!sku) return row_error("sku", "is no id");
    row.offer = one["offer_id"].text().value_or("");
    if (row.offer.empty()) return row_error("offer_id", "is empty");
    row.article = row.offer;
    const auto quantity = json::lenient_integer(one["quantity"]);
    if (!quantity || *quantity < 1 || *quantity > kMostUnits) return row_error("quantity", "is no quantity");
    row.quantity = *quantity;
    row.price = price_of(one);
    if (!row.price && json::decimal(one["price"]["amount"])) {
      sink.odd_row({RowOddity::incomplete, "price is no amount of a currency", path, base.order});
    }
    const auto [known, fresh] = skus_.try_emplace(*sku, rows_.size());
    if (fresh) {
      row.key = texts_.add(line_key(row.order, *sku));
      rows_.push_back(row);
      return success();
    }
    OrderLineRow& line = rows_[known->second];
    if (line.offer != row.offer) return row_error("offer_id", "is another one than of the same sku before");
    if (line.quantity > kMostUnits - row.quantity) return row_error("quantity", "is no quantity when added up");
    line.quantity += row.quantity;
    if (line.price != row.price) line.price.reset();
    return success();
  }

  /// Adds the list of returns to a line that reached the buyer. If only some units came back, the buyer has the rest:
  /// the line stays delivered.
  void settle(OrderLineRow& row) const {
    const auto back = reading_.returns.lines.find(row.key);
    if (back == reading_.returns.lines.end() || row.status != OrderStatus::delivered) return;
    const ReturnedUnits& units = back->second;
    if (units.refused + units.given_back < row.quantity) return;
    row.status = units.refused >= row.quantity ? OrderStatus::cancelled : OrderStatus::returned;
    row.changed_at = std::max(row.ordered_at, units.at);
  }

  void note_dates(const json::Value& value) {
    const auto created = time_in(value, "created_at");
    const auto processed = time_in(value, "in_process_at");
    const auto at = created ? created : processed;
    if (!at) return;
    const Instant known = processed ? std::max(*at, *processed) : *at;
    page_.oldest = page_.oldest ? std::min(*page_.oldest, known) : known;
    page_.newest = page_.newest ? std::max(*page_.newest, *at) : *at;
    if (created && processed) page_.delay = std::max(page_.delay, *processed - *created);
  }

  const PostingReading& reading_;
  RowTexts texts_;
  std::vector<OrderLineRow> rows_;
  std::map<std::int64_t, std::size_t> skus_;  ///< of the current posting: the index of each product's line
  PostingPage page_;
};

}  // namespace

OrderStatus status_of(std::string_view word) noexcept {
  struct Known {
    std::string_view word;
    OrderStatus status;
  };
  // All statuses in the documentation of 2026-08-14, of the lists of FBO and FBS and of notifications.
  static constexpr std::array kKnown{
      Known{"acceptance_in_progress", OrderStatus::placed}, Known{"arbitration", OrderStatus::placed},
      Known{"awaiting_approve", OrderStatus::placed}, Known{"awaiting_deliver", OrderStatus::placed},
      Known{"awaiting_packaging", OrderStatus::placed}, Known{"awaiting_registration", OrderStatus::placed},
      Known{"awaiting_verification", OrderStatus::placed}, Known{"client_arbitration", OrderStatus::placed},
      Known{"delivering", OrderStatus::placed}, Known{"driver_pickup", OrderStatus::placed},
      Known{"not_accepted", OrderStatus::placed}, Known{"sent_by_seller", OrderStatus::placed},
      Known{"delivered", OrderStatus::delivered}, Known{"cancelled", OrderStatus::cancelled},
      // Its products are in the postings that it was split into.
      Known{"cancelled_from_split_pending", OrderStatus::removed}};
  for (const Known& known : kKnown) {
    if (known.word == word) return known.status;
  }
  return OrderStatus::unknown;
}

Result<PostingPage> decode_postings(std::string_view body, const PostingReading& reading, OrderSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  Lines lines(reading);
  std::size_t at = 0;
  const auto key = [](json::Value posting) { return std::string(posting["posting_number"].text().value_or("")); };
  const auto take = [&](json::Value posting) { return lines.posting(posting, at++, sink); };
  STK_TRY(const std::size_t all, each_row(document.root(), "postings", sink, key, take));
  if (!lines.rows().empty()) {
    STK_TRY(sink.lines(lines.rows()));
  }
  PostingPage page = lines.page();
  page.next = {json::identity(document.root()["cursor"]).value_or(""), all, document.root()["has_next"].boolean()};
  return page;
}

}  // namespace stocktracker::inline v0::ozon
