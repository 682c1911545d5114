// Decodes stock on Ozon's warehouses and the seller's own.
#include "adapters/ozon/stock.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <stocktracker/core/json_writer.hpp>

#include "core/storable_text.hpp"
#include "json/array_rows.hpp"
#include "json/lenient.hpp"
#include "marketplace/watched_sinks.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kFbo = "ozon.fbo_stock";
constexpr std::string_view kFbs = "ozon.fbs_stock";
constexpr std::string_view kOwn = "ozon.warehouses";
constexpr std::string_view kTheirs = "ozon.ozon_warehouses";
constexpr int kWarehousesPerPage = 200;
constexpr std::size_t kRowBytes = 110;  // estimate, to reserve memory

/// Members of a row of stock.
enum Column : std::size_t { kOffer, kProduct, kSku, kWarehouse, kPresent, kReserved, kFree };
constexpr std::array kFields{json::Field{"offer_id", json::FieldType::text, true},
                             json::Field{"product_id", json::FieldType::lenient_integer, false},
                             json::Field{"sku", json::FieldType::lenient_integer, false},
                             json::Field{"warehouse_id", json::FieldType::lenient_integer, true},
                             json::Field{"present", json::FieldType::lenient_integer, true},
                             json::Field{"reserved", json::FieldType::lenient_integer, true},
                             json::Field{"free_stock", json::FieldType::lenient_integer, false}};

NextPage next_of(const json::Value& root, std::size_t rows) {
  return {json::identity(root["cursor"]).value_or(""), rows, root["has_next"].boolean()};
}

/// The same, or a negative one.
bool is_quantity(std::int64_t units) noexcept {
  constexpr auto kMost = static_cast<std::uint64_t>(kMostUnits);
  return static_cast<std::uint64_t>(units) + kMost <= 2 * kMost;
}

/// Why nothing of an offer is free although its row says less than nothing.
std::string_view oversale_of(bool names_free, std::int64_t present) noexcept {
  if (names_free) return "free_stock is negative";
  return present < 0 ? "present is negative" : "reserved is more than present";
}

std::string text_or_nothing(const json::Cell& cell) {
  if (!cell.present) return {};
  auto text = json::text_of(cell);
  return text ? std::move(text).value() : std::string();
}

}  // namespace

Result<WarehouseNames> decode_ozon_warehouses(std::string_view body) {
  STK_TRY(const auto document, json::Document::parse(body));
  WarehouseNames names;
  STK_TRY(json::each_of_list(document.root(), "warehouses", [&](json::Value warehouse) -> Result<void> {
    const auto id = json::lenient_integer(warehouse["warehouse_id"]);
    if (id) names.insert_or_assign(*id, std::string(warehouse["name"].text().value_or("")));
    return success();
  }));
  return names;
}

Result<NextPage> decode_warehouses(std::string_view body, WarehouseSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  RowTexts texts;
  std::vector<WarehouseRow> rows;
  const auto key = [](json::Value) { return std::string(); };
  const auto take = [&](json::Value warehouse) -> Result<void> {
    const auto id = json::lenient_integer(warehouse["warehouse_id"]);
    if (!id || *id <= 0) return row_error("warehouse_id", "is no id");
    rows.push_back({texts.add(*id), warehouse["name"].text().value_or(""), true});
    return success();
  };
  STK_TRY(const std::size_t all, each_row(document.root(), "warehouses", sink, key, take));
  STK_TRY(sink.warehouses(rows));
  return next_of(document.root(), all);
}

void StockRows::odd(RowOddity kind, std::string_view reason, const Row& row) {
  const std::string place = std::string(list_) + "[" + std::to_string(row.at) + "]";
  if (kind == RowOddity::unreadable) {
    if (!row.offer.empty() && row.warehouse > 0)
      unknown_.emplace(std::string(row.offer), std::to_string(row.warehouse));
    watch_->row(std::string(row.offer).append("\n").append(reason));
  }
  odd_.odd_row({kind, reason, place, row.offer});
}

void StockRows::begin(std::string_view list, PageWatch& watch, std::size_t bytes) {
  rows_.expect(bytes / kRowBytes);
  skus_.reserve(rows_.columns().warehouse.capacity());
  list_ = list;
  watch_ = &watch;
  parts_fresh_ = 0;
}

template <class Take>
Result<NextPage> StockRows::read(std::string& body, std::string_view list, PageWatch& watch, Take&& take) {
  const std::array<std::string_view, 1> path{list};
  begin(list, watch, body.size());
  const std::size_t known = skus_.size();
  Row row;
  std::string unescaped;
  std::string rest;
  std::size_t at = 0;
  const auto refuse = [&](std::string_view reason) -> Result<void> {
    odd(RowOddity::unreadable, reason, row);
    return success();
  };
  const auto each = [&](std::span<const json::Cell> cells) -> Result<void> {
    row.at = at++;
    if (json::is_plain(cells[kOffer])) [[likely]] {
      row.offer = json::raw_text(cells[kOffer]);
    } else {
      auto text = json::text_of(cells[kOffer]);
      unescaped = text ? std::move(text).value() : std::string();  // an incomplete character: not a valid article
      row.offer = unescaped;
    }
    row.product = cells[kProduct].present ? std::max<std::int64_t>(0, cells[kProduct].integer) : 0;
    row.sku = cells[kSku].present ? cells[kSku].integer : 0;
    row.warehouse = cells[kWarehouse].integer;
    const std::int64_t present = cells[kPresent].integer;
    row.reserved = cells[kReserved].integer;
    row.on_hand = cells[kFree].present ? cells[kFree].integer : 0;
    const bool are_quantities = is_quantity(present) && is_quantity(row.reserved) && is_quantity(row.on_hand);
    if (!are_quantities || row.reserved < 0 || row.warehouse <= 0 || row.offer.empty()) [[unlikely]] {
      return refuse(row.offer.empty()                                ? "offer_id is empty"
                    : row.warehouse <= 0                             ? "warehouse_id is no id"
                    : !is_quantity(present)                          ? "present is no quantity"
                    : row.reserved < 0 || !is_quantity(row.reserved) ? "reserved is no quantity"
                                                                     : "free_stock is no quantity");
    }
    if (!cells[kFree].present) row.on_hand = present - row.reserved;
    if (row.on_hand < 0) [[unlikely]] {
      // An oversold offer: nothing is free.
      odd(RowOddity::oversold, oversale_of(cells[kFree].present, present), row);
      row.on_hand = 0;
    }
    return take(row);
  };
  std::string broken_offer;
  const auto broken = [&](const json::BrokenRow& one) -> Result<void> {
    row = {};
    row.at = at++;
    broken_offer = text_or_nothing(one.cells[kOffer]);
    row.offer = broken_offer;
    if (one.cells[kWarehouse].present) row.warehouse = one.cells[kWarehouse].integer;
    if (one.member.empty()) return refuse(one.problem);
    return refuse(std::string(one.member).append(" ").append(one.problem));
  };
  const json::TakeBroken take_broken = broken;
  STK_TRY(json::read_rows(body, path, kFields, each, json::kDefaultWindow, &rest, &take_broken));
  STK_TRY(const auto document, json::Document::parse(rest));
  watch.fresh(skus_.size() - known + parts_fresh_);
  return next_of(document.root(), at);
}

Result<void> StockRows::add_up(const Row& row, std::size_t position) {
  StockCells& columns = rows_.columns();
  const std::string_view listing = columns.listing.text(position);
  std::int64_t product = 0;
  (void)std::from_chars(listing.data(), listing.data() + listing.size(), product);
  if (product != 0 && row.product != 0 && product != row.product)
    return shared_article(row.offer, product, row.product);
  const auto first = parts_.find({position, skus_[position]});
  const Amounts known{columns.on_hand[position], columns.reserved[position]};
  if (first == parts_.end() && row.sku == skus_[position]) {
    columns.on_hand[position] = row.on_hand;
    columns.reserved[position] = row.reserved;
    return success();
  }
  if (first == parts_.end()) parts_.emplace(std::pair(position, skus_[position]), known);
  const auto [part, fresh] = parts_.try_emplace({position, row.sku});
  // No overflow: each part is at most kMostUnits, and larger sums are not added to.
  const Amounts sum{known.on_hand - part->second.on_hand + row.on_hand,
                    known.reserved - part->second.reserved + row.reserved};
  if (sum.on_hand > kMostUnits || sum.reserved > kMostUnits) {
    odd(RowOddity::unreadable, "the sum of its rows is no quantity", row);
    return success();
  }
  part->second = {row.on_hand, row.reserved};
  columns.on_hand[position] = sum.on_hand;
  columns.reserved[position] = sum.reserved;
  if (fresh) ++parts_fresh_;
  return success();
}

[[gnu::always_inline]] inline void StockRows::append(const Row& row, std::uint32_t warehouse,
                                                     std::uint64_t offer_hash) {
  StockCells& columns = rows_.columns();
  if (row.product != product_) {
    const char* end = digits_.data();
    if (row.product != 0) end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), row.product).ptr;
    digit_count_ = static_cast<std::size_t>(end - digits_.data());
    product_ = row.product;
  }
  columns.offer.push(row.offer);
  columns.listing.push(std::string_view(digits_.data(), digit_count_));
  columns.warehouse.push_back(warehouse);
  columns.on_hand.push_back(row.on_hand);
  columns.reserved.push_back(row.reserved);
  skus_.push_back(row.sku);
  offer_hash_ = offer_hash;
}

Result<NextPage> StockRows::add_fbo(std::string body, PageWatch& watch) {
  return read(body, "products", watch, [&](const Row& row) -> Result<void> {
    StockCells& columns = rows_.columns();
    const auto next = static_cast<std::uint32_t>(columns.warehouses.size());
    const std::uint32_t warehouse = warehouses_.find(row.warehouse, next);
    if (warehouse == next) [[unlikely]] {
      const auto name = names_.find(row.warehouse);
      columns.warehouses.push_back({std::to_string(row.warehouse), name == names_.end() ? std::string() : name->second,
                                    std::string(), WarehouseKind::marketplace});
    }
    // One product in all warehouses; rows of an article are usually adjacent.
    const bool goes_on =
        row.product == product_ && columns.rows() > 0 && columns.offer.text(columns.rows() - 1) == row.offer;
    std::uint64_t offer_hash = offer_hash_;
    if (!goes_on) {
      offer_hash = hash64(row.offer);
      if (row.product != 0) {
        STK_TRY(articles_.add(row.offer, offer_hash, row.product));
      }
    }
    const std::size_t position = rows_.find(row.offer, offer_hash, warehouse);
    if (position < columns.rows()) [[unlikely]]
      return add_up(row, position);
    append(row, warehouse, offer_hash);
    return success();
  });
}

void WarehouseIndex::grow() {
  std::vector<Slot> before(std::max<std::size_t>(64, slots_.size() * 2));
  before.swap(slots_);
  for (const Slot& slot : before) {
    if (slot.id == 0) continue;
    std::size_t at = place_of(slot.id) & (slots_.size() - 1);
    while (slots_[at].id != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

Result<NextPage> StockRows::add_fbs(std::string body, const Warehouse& warehouse,
                                    const std::unordered_set<std::string_view>& asked, PageWatch& watch) {
  if (rows_.columns().warehouses.empty()) rows_.columns().warehouses.push_back(warehouse);
  std::int64_t id = 0;
  (void)std::from_chars(warehouse.key.data(), warehouse.key.data() + warehouse.key.size(), id);
  return read(body, "stocks", watch, [&](const Row& row) -> Result<void> {
    if (row.warehouse != id) {
      return Error(Errc::vendor_contradiction, "an answer about warehouse " + warehouse.key + " speaks of warehouse " +
                                                   std::to_string(row.warehouse))
          .about("warehouse_id");
    }
    if (asked.count(row.offer) == 0) {
      watch.row(row.offer);
      return success();
    }
    const std::uint64_t offer_hash = hash64(row.offer);
    const std::size_t position = rows_.find(row.offer, offer_hash, 0);
    if (position < rows_.columns().rows()) return add_up(row, position);
    append(row, 0, offer_hash);
    return success();
  });
}

StockCells StockRows::take() {
  if (!unknown_.empty()) drop_unknown();
  // In one pass here rather than with each row, because almost every article is ASCII.
  const KeyColumn& offers = rows_.columns().offer;
  if (!is_plain_ascii(offers.all_text()) || !offers.no_text_is_empty_or_longer(kLongestKey)) drop_unstorable();
  return rows_.take();
}

template <class Keep>
void StockRows::keep_rows(Keep&& keep) {
  StockCells all = rows_.take();
  StockCells kept;
  for (std::size_t row = 0; row < all.rows(); ++row) {
    if (!keep(all, row)) continue;
    kept.offer.push(all.offer.text(row));
    kept.listing.push(all.listing.text(row));
    kept.warehouse.push_back(all.warehouse[row]);
    kept.on_hand.push_back(all.on_hand[row]);
    kept.reserved.push_back(all.reserved[row]);
  }
  kept.warehouses = std::move(all.warehouses);
  rows_.columns() = std::move(kept);
}

/// As in the other lists, a key that no store takes costs its row; without a key nobody knows what the row is about.
void StockRows::drop_unstorable() {
  keep_rows([this](const StockCells& all, std::size_t row) {
    const bool storable = is_storable_key(all.offer.text(row));
    if (!storable) {
      odd_.odd_row({RowOddity::unreadable, "offer_id is not UTF-8, has a zero byte, or is too long", list_, {}});
    }
    return storable;
  });
}

/// If one row of a position is unreadable, the others are only a part of it.
void StockRows::drop_unknown() {
  keep_rows([this](const StockCells& all, std::size_t row) {
    return unknown_.count({std::string(all.offer.text(row)), all.warehouses[all.warehouse[row]].key}) == 0;
  });
}

Result<void> fetch_fbo(const Calls& calls, std::span<const std::string> asked, StockSink& sink,
                       const CallContext& context) {
  STK_TRY(const auto theirs, calls.post("/v1/warehouse/ozon/list", kTheirs, "{}", context));
  STK_TRY(const auto names, in_operation(kTheirs, decode_ozon_warehouses(theirs.body)));
  StockRows rows(names, sink);
  const auto batch = static_cast<std::size_t>(calls.options().offers_per_fbo_request);
  for (std::size_t from = 0; from < asked.size(); from += batch) {
    PageWatch watch(kFbo);
    STK_TRY(read_pages(watch, [&](const std::string& cursor) -> Result<std::optional<std::string>> {
      std::string body;
      JsonWriter json(body);
      json.begin_object().field("cursor", std::string_view(cursor));
      json.field("limit", calls.options().stock_rows_per_page).key("offer_ids").begin_array();
      for (const std::string& offer : asked.subspan(from, std::min(batch, asked.size() - from))) json.string(offer);
      json.end_array().end_object();
      STK_TRY(auto answer, calls.post("/v1/product/info/stocks-by-warehouse/fbo", kFbo, std::move(body), context));
      STK_TRY(const auto next, in_operation(kFbo, rows.add_fbo(std::move(answer.body), watch)));
      return in_operation(kFbo, next.next());
    }));
  }
  return sink.rows(StockPage(rows.take()));
}

Result<void> fetch_fbs(const Calls& calls, const StockQuery& query, StockSink& sink, const CallContext& context) {
  std::int64_t id = 0;
  const char* end = query.warehouse.data() + query.warehouse.size();
  if (std::from_chars(query.warehouse.data(), end, id).ptr != end || id <= 0) {
    return Error(Errc::invalid_argument, "not a warehouse of Ozon").about("query.warehouse");
  }
  const Warehouse warehouse{std::string(query.warehouse), std::string(query.warehouse_name), "", WarehouseKind::seller};
  const std::unordered_set<std::string_view> asked(query.offers.begin(), query.offers.end());
  const WarehouseNames none;
  StockRows rows(none, sink);
  PageWatch watch(kFbs);
  STK_TRY(read_pages(watch, [&](const std::string& cursor) -> Result<std::optional<std::string>> {
    std::string body;
    JsonWriter json(body);
    json.begin_object().field("cursor", std::string_view(cursor));
    json.field("limit", calls.options().stock_rows_per_page).field("warehouse_id", id).end_object();
    STK_TRY(auto answer, calls.post("/v1/product/info/warehouse/stocks", kFbs, std::move(body), context));
    STK_TRY(const auto next, in_operation(kFbs, rows.add_fbs(std::move(answer.body), warehouse, asked, watch)));
    return in_operation(kFbs, next.next());
  }));
  return sink.rows(StockPage(rows.take()));
}

Result<void> list_warehouses(const Calls& calls, WarehouseSink& sink, const CallContext& context) {
  PageWatch watch(kOwn);
  WatchedWarehouses watched(sink, watch);
  return read_pages(watch, [&](const std::string& cursor) -> Result<std::optional<std::string>> {
    std::string body;
    JsonWriter json(body);
    json.begin_object().field("cursor", std::string_view(cursor)).field("limit", kWarehousesPerPage).end_object();
    STK_TRY(const auto answer, calls.post("/v2/warehouse/list", kOwn, std::move(body), context));
    STK_TRY(const auto next, in_operation(kOwn, decode_warehouses(answer.body, watched)));
    return in_operation(kOwn, next.next());
  });
}

}  // namespace stocktracker::inline v0::ozon
