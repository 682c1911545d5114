// Requests and decodes stock.
#include "adapters/yandex_market/stock.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <stocktracker/core/json_writer.hpp>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::string_view kOfCampaign = "yandex_market.campaign_stock";
constexpr std::string_view kOwn = "yandex_market.own_stock";
constexpr std::size_t kRowBytes = 150;  // estimate, to reserve memory
constexpr std::array kRow{json::Field{"offerId", json::FieldType::text}};
constexpr std::array kPart{json::Field{"type", json::FieldType::text},
                           json::Field{"count", json::FieldType::lenient_integer}};

std::string place_text(bool grouped, std::size_t group, std::size_t row) {
  const std::string at = "[" + std::to_string(row) + "]";
  if (!grouped) return "result.offers" + at;
  return "result.warehouses[" + std::to_string(group) + "].offers" + at;
}

/// True if this kind of stock is used; others are ignored.
bool matters(const json::Cell& type) noexcept {
  return type.raw == "FIT\"" || type.raw == "FREEZE\"" || type.raw == "AVAILABLE\"";
}

/// A usable count: 0 for a negative one, which sets `below`; false if it is not a quantity.
[[gnu::noinline]] bool settle(std::int64_t& count, bool& below) noexcept {
  if (count > kMostUnits || count < -kMostUnits) return false;
  count = 0;
  below = true;
  return true;
}

}  // namespace

StockRows::StockRows(const OwnPlace& place, std::string_view name, AnswerSink& sink)
    : members_(place.members), sink_(sink) {
  rows_.columns().warehouses.push_back({place.key, std::string(name), std::string(), WarehouseKind::seller});
}

bool StockRows::wanted(std::int64_t warehouse) const noexcept {
  return members_.empty() || std::find(members_.begin(), members_.end(), warehouse) != members_.end();
}

void StockRows::odd(RowOddity kind, const json::NestedRow& row, std::string_view reason, std::string_view offer,
                    PageWatch& watch) {
  watch.row(std::string(offer).append("\n").append(reason));
  sink_.odd_row({kind, reason, place_text(!row.group.empty(), row.group_at, row.row_at), offer});
}

void StockRows::broken(const json::BrokenRow& row, PageWatch& watch) {
  const bool of_group = !row.group.empty();
  if (of_group && row.group[0].present && !wanted(row.group[0].integer)) return;
  std::string reason(row.member.empty() ? std::string_view("a row") : row.member);
  reason.append(" ").append(row.problem);
  std::string key;
  if (!row.cells.empty() && row.cells[0].present) {
    if (auto text = json::text_of(row.cells[0])) key = std::move(text).value();
  }
  const bool group_itself = !of_group && row.cells.empty();
  const std::string place = group_itself ? "result.warehouses[" + std::to_string(row.group_at) + "]"
                                         : place_text(of_group, row.group_at, row.row_at);
  watch.row(key + "\n" + reason);
  sink_.odd_row({RowOddity::unreadable, reason, place, key});
}

Result<void> StockRows::add(const json::NestedRow& nested, const Source& source, PageWatch& watch) {
  const json::Cell& article = nested.row[0];
  std::string_view offer = json::raw_text(article);
  if (!json::is_plain(article)) [[unlikely]] {
    auto text = json::text_of(article);
    unescaped_ = text ? std::move(text).value() : std::string();
    offer = unescaped_;
  }
  if (offer.empty()) {
    odd(RowOddity::unreadable, nested, "offerId is not an article", {}, watch);
    return success();
  }
  if (nested.parts.empty()) {  // unknown
    watch.row(offer);
    return success();
  }
  // Kinds overlap (fit units are free or frozen), so they are never added up.
  std::optional<std::int64_t> fit, frozen, free;
  bool below = false;
  for (std::size_t part = 0; part < nested.parts.size(); part += kPart.size()) {
    const json::Cell& type = nested.parts[part];
    std::int64_t count = nested.parts[part + 1].integer;
    if (static_cast<std::uint64_t>(count) > static_cast<std::uint64_t>(kMostUnits) && matters(type) &&
        !settle(count, below)) {
      odd(RowOddity::unreadable, nested, "stocks.count is not a quantity", offer, watch);
      return success();
    }
    if (type.raw.starts_with("FIT\"")) {
      fit = count;
    } else if (type.raw.starts_with("FREEZE\"")) {
      frozen = count;
    } else if (type.raw.starts_with("AVAILABLE\"")) {
      free = count;
    }
  }
  const std::int64_t reserved = frozen.value_or(fit && free ? std::max<std::int64_t>(0, *fit - *free) : 0);
  const std::int64_t on_hand = free.value_or(std::max<std::int64_t>(0, fit.value_or(0) - reserved));
  if (below) odd(RowOddity::oversold, nested, "stocks.count is below 0", offer, watch);

  StockCells& columns = rows_.columns();
  const std::uint32_t place = place_of(source.warehouse);
  const std::size_t row = rows_.find(offer, place);
  if (row < columns.rows()) return add_again(row, {on_hand, reserved}, source, watch);
  columns.offer.push(offer);
  columns.warehouse.push_back(place);
  columns.on_hand.push_back(on_hand);
  columns.reserved.push_back(reserved);
  reporters_.push_back(source.reporter);
  return success();
}

Result<void> StockRows::add_again(std::size_t row, const Amounts& amounts, const Source& source, PageWatch& watch) {
  StockCells& columns = rows_.columns();
  const bool other = reporters_[row] != source.reporter;
  if (other && !members_.empty()) {
    if (reporters_[row] == members_.front()) return success();
    reporters_[row] = source.reporter;
  } else if (other) {
    // The same stock in the list of another shop: new in that list.
    watch.row(std::string(columns.offer.text(row)).append("\n").append(std::to_string(source.warehouse)));
    // It is not known which of them is right.
    if (columns.on_hand[row] != amounts.on_hand || columns.reserved[row] != amounts.reserved) {
      return Error(Errc::vendor_contradiction, "two shops report different stock of " + shown(columns.offer.text(row)) +
                                                   " in warehouse " + std::to_string(source.warehouse))
          .may_retry();
    }
  }
  columns.on_hand[row] = amounts.on_hand;
  columns.reserved[row] = amounts.reserved;
  return success();
}

std::uint32_t StockRows::other_place(std::int64_t warehouse) {
  StockCells& columns = rows_.columns();
  const auto [place, first] = warehouses_.try_emplace(warehouse, static_cast<std::uint32_t>(columns.warehouses.size()));
  if (first) {
    const auto called = names_.find(warehouse);
    columns.warehouses.push_back({std::to_string(warehouse), called == names_.end() ? std::string() : called->second,
                                  std::string(), WarehouseKind::marketplace});
  }
  last_warehouse_ = warehouse;
  return last_place_ = place->second;
}

Result<NextPage> StockRows::add_of_campaign(std::string body, std::int64_t campaign, PageWatch& watch) {
  static constexpr std::array<std::string_view, 2> kPath{"result", "warehouses"};
  static constexpr std::array kGroup{json::Field{"warehouseId", json::FieldType::lenient_integer}};
  const json::NestedShape shape{kPath, kGroup, "offers", kRow, "stocks", kPart};
  const std::size_t before = rows_.columns().rows();
  const auto take = [&](const json::NestedRow& nested) -> Result<void> {
    const std::int64_t id = nested.group[0].integer;
    if (id <= 0) {
      odd(RowOddity::unreadable, nested, "warehouseId is not an id", json::plain_text(nested.row[0]).value_or(""),
          watch);
      return success();
    }
    if (!members_.empty() && !wanted(id)) return success();
    return add(nested, {id, members_.empty() ? campaign : id}, watch);
  };
  const auto take_broken = [&](const json::BrokenRow& row) -> Result<void> {
    broken(row, watch);
    return success();
  };
  const json::TakeBroken left_out(take_broken);
  std::string rest;
  rows_.expect(body.size() / kRowBytes);
  STK_TRY(json::read_nested(body, shape, take, &rest, &left_out));
  watch.fresh(rows_.columns().rows() - before);
  STK_TRY(const auto document, json::Document::parse(rest));
  return next_page(document.root()["result"]);
}

Result<NextPage> StockRows::add_of_warehouse(std::string body, PageWatch& watch) {
  static constexpr std::array<std::string_view, 2> kPath{"result", "offers"};
  const json::NestedShape shape{.path = kPath, .row = kRow, .parts = "stocks", .part = kPart};
  const std::int64_t warehouse = members_.front();
  const auto take = [&](const json::NestedRow& nested) { return add(nested, {warehouse, warehouse}, watch); };
  const auto take_broken = [&](const json::BrokenRow& row) -> Result<void> {
    broken(row, watch);
    return success();
  };
  const json::TakeBroken left_out(take_broken);
  std::string rest;
  rows_.expect(body.size() / kRowBytes);
  STK_TRY(json::read_nested(body, shape, take, &rest, &left_out));
  STK_TRY(const auto document, json::Document::parse(rest));
  const json::Value result = document.root()["result"];
  if (json::lenient_integer(result["partnerWarehouseId"]).value_or(warehouse) != warehouse) {
    return Error(Errc::vendor_schema, "result.partnerWarehouseId was not asked for").about("result.partnerWarehouseId");
  }
  return next_page(result);
}

Result<void> fetch_marketplace_stock(const Calls& calls, const Cabinet& cabinet, StockSink& sink,
                                     const CallContext& context) {
  cabinet.odd.report_to(sink);
  STK_TRY(const auto names, read_market_warehouses(calls, context));
  StockRows rows(names, sink);
  for (const std::int64_t campaign : cabinet.marketplace_campaigns) {
    const std::string path = "/v2/campaigns/" + std::to_string(campaign) + "/offers/stocks";
    PageWatch watch(kOfCampaign);
    const auto page = [&](const std::string& token) -> Result<NextPage> {
      STK_TRY(auto answer,
              calls.post(page_of(path, calls.options().stock_offers_per_page, token), kOfCampaign, "{}", context));
      return in_operation(kOfCampaign, rows.add_of_campaign(std::move(answer.body), campaign, watch));
    };
    STK_TRY(read_pages(watch, page));
  }
  return sink.rows(StockPage(rows.take()));
}

Result<void> fetch_own_stock(const Calls& calls, const Cabinet& cabinet, const OwnPlace& place, std::string_view name,
                             std::span<const std::string> offers, StockSink& sink, const CallContext& context) {
  const bool of_shop = place.campaign != 0;
  const std::string_view operation = of_shop ? kOfCampaign : kOwn;
  const std::string path = of_shop ? "/v2/campaigns/" + std::to_string(place.campaign) + "/offers/stocks"
                                   : "/v3/businesses/" + std::to_string(cabinet.business) + "/offers/stocks";
  StockRows rows(place, name.empty() ? std::string_view(place.name) : name, sink);
  PageWatch watch(operation);
  const auto batch = static_cast<std::size_t>(calls.options().offers_per_stock_request);
  // A list of articles is answered completely, without pages.
  for (std::size_t from = 0; from < offers.size(); from += batch) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().field(of_shop ? "stocksWarehouseId" : "partnerWarehouseId", place.members.front());
    json.key("offerIds").begin_array();
    for (const std::string& offer : offers.subspan(from, std::min(batch, offers.size() - from))) json.string(offer);
    json.end_array().end_object();
    STK_TRY(auto answer, calls.post(path, operation, std::move(body), context));
    STK_TRY(const auto next,
            in_operation(operation, of_shop ? rows.add_of_campaign(std::move(answer.body), place.campaign, watch)
                                            : rows.add_of_warehouse(std::move(answer.body), watch)));
    if (next) {
      return Error(Errc::vendor_schema, "a list of articles was answered in part")
          .during(operation)
          .about("result.paging.nextPageToken");
    }
  }
  return sink.rows(StockPage(rows.take()));
}

}  // namespace stocktracker::inline v0::yandex_market
