// Lists the seller's warehouses, and requests their stock in batches.
#include "adapters/wildberries/seller_stock.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "json/document.hpp"
#include "json/nested_rows.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

constexpr Method kWarehouses{HttpMethod::get, &Hosts::marketplace, "/api/v3/warehouses", "wildberries.warehouses",
                             "marketplace"};
constexpr Method kStock{HttpMethod::post, &Hosts::marketplace, "/api/v3/stocks/", "wildberries.seller_stock",
                        "marketplace"};
constexpr std::array<std::string_view, 1> kPath{"stocks"};
constexpr std::array kRow{json::Field{"chrtId", json::FieldType::integer},
                          json::Field{"amount", json::FieldType::integer}};

std::string id_text(const json::Value& value) {
  const auto id = value.integer();
  return id && *id > 0 ? std::to_string(*id) : std::string();
}

/// Amounts of one answer, by the index of their id in the request.
class Amounts {
 public:
  Amounts(std::span<const std::int64_t> asked, AnswerSink& sink)
      : asked_(asked), sink_(sink), amounts_(asked.size(), -1) {}

  Result<void> take(const json::NestedRow& row) {
    const std::int64_t id = row.row[0].integer;
    std::int64_t amount = row.row[1].integer;
    const auto found = std::lower_bound(asked_.begin(), asked_.end(), id);
    if (found == asked_.end() || *found != id) return leave_out(row.row, row.row_at, "chrtId was not asked for");
    if (amount > kMostUnits) return leave_out(row.row, row.row_at, "amount is not a quantity");
    if (amount < 0) {
      report(RowOddity::oversold, row.row, row.row_at, "amount is negative");
      amount = 0;
    }
    std::int64_t& known = amounts_[static_cast<std::size_t>(found - asked_.begin())];
    if (known >= 0 && known != amount) {
      return Error(Errc::vendor_contradiction, "the answer states two amounts for chrtId " + std::to_string(id))
          .about("stocks[" + std::to_string(row.row_at) + "].amount");
    }
    known = amount;
    return success();
  }
  Result<void> leave_out(std::span<const json::Cell> cells, std::size_t at, const std::string& reason) {
    report(RowOddity::unreadable, cells, at, reason);
    return success();
  }
  void give(StockCells& into) const {
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      if (amounts_[i] < 0) continue;  // left out: unknown
      into.offer.push(asked_[i]);
      into.warehouse.push_back(0);
      into.on_hand.push_back(amounts_[i]);
    }
  }

 private:
  void report(RowOddity kind, std::span<const json::Cell> cells, std::size_t at, const std::string& reason) {
    const bool named = !cells.empty() && cells[0].present && cells[0].integer > 0;
    const std::string key = named ? std::to_string(cells[0].integer) : std::string();
    sink_.odd_row({kind, reason, "stocks[" + std::to_string(at) + "]", key});
  }

  std::span<const std::int64_t> asked_;
  AnswerSink& sink_;
  std::vector<std::int64_t> amounts_;  ///< -1: not in the answer
};

/// The keys as sorted ids, without duplicates.
Result<std::vector<std::int64_t>> ids_of(std::span<const std::string> keys) {
  std::vector<std::int64_t> ids;
  ids.reserve(keys.size());
  for (const std::string& key : keys) {
    std::int64_t id = 0;
    if (std::from_chars(key.data(), key.data() + key.size(), id).ptr != key.data() + key.size() || id <= 0) {
      return Error(Errc::invalid_argument, "not a chrtID: " + key.substr(0, 40)).about("query.offers");
    }
    ids.push_back(id);
  }
  if (!std::is_sorted(ids.begin(), ids.end())) std::sort(ids.begin(), ids.end());  // keys are sorted as texts
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

Result<void> decode_warehouses(std::string_view body, WarehouseSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  RowTexts keys;
  std::vector<WarehouseRow> rows;
  const auto take = [&](json::Value warehouse) -> Result<void> {
    const auto id = warehouse["id"].integer();
    if (!id || *id <= 0) return row_error("id", "is not an id");
    const auto name = warehouse["name"].text();
    if (!name) return row_error("name", "is not a text");
    rows.push_back({keys.add(*id), *name, !warehouse["isDeleting"].boolean().value_or(false)});
    return success();
  };
  STK_TRY(each_row(
      document.root(), {}, sink, [](json::Value value) { return id_text(value["id"]); }, take));
  return sink.warehouses(rows);
}

Result<void> list_warehouses(const Calls& calls, WarehouseSink& sink, const CallContext& context) {
  STK_TRY(const auto response, calls.ask(kWarehouses, context));
  if (response.status == 204) return success();
  return in_operation(kWarehouses.operation, decode_warehouses(response.body, sink));
}

Result<void> decode_seller_stock(std::string body, std::span<const std::int64_t> asked, StockCells& into,
                                 AnswerSink& sink) {
  Amounts amounts(asked, sink);
  const auto take = [&](const json::NestedRow& row) { return amounts.take(row); };
  const auto leave_out = [&](const json::BrokenRow& row) {
    const std::string member(row.member.empty() ? "a row" : row.member);
    return amounts.leave_out(row.cells, row.row_at, member + " " + std::string(row.problem));
  };
  const json::TakeBroken broken(leave_out);
  STK_TRY(json::read_nested(body, {.path = kPath, .row = kRow}, take, nullptr, &broken));
  amounts.give(into);
  return success();
}

Result<void> fetch_seller_stock(const Calls& calls, const StockQuery& query, StockSink& sink,
                                const CallContext& context) {
  STK_TRY(const auto ids, ids_of(query.offers));
  StockCells columns;
  columns.warehouses.push_back(
      {std::string(query.warehouse), std::string(query.warehouse_name), "", WarehouseKind::seller});
  const auto batch = static_cast<std::size_t>(calls.options().fbs_offers_per_request);
  for (std::size_t from = 0; from < ids.size(); from += batch) {
    const auto asked = std::span<const std::int64_t>(ids).subspan(from, std::min(batch, ids.size() - from));
    STK_TRY(auto response, calls.ask(kStock, context, query.warehouse, seller_stock_request(asked)));
    if (response.status == 204) continue;
    STK_TRY(in_operation(kStock.operation, decode_seller_stock(std::move(response.body), asked, columns, sink)));
  }
  return sink.rows(StockPage(std::move(columns)));
}

std::string seller_stock_request(std::span<const std::int64_t> asked) {
  std::string body;
  body.reserve(16 + asked.size() * 12);
  JsonWriter json(body);
  json.begin_object().key("chrtIds").begin_array();
  for (const std::int64_t id : asked) json.integer(id);
  json.end_array().end_object();
  return body;
}

}  // namespace stocktracker::inline v0::wildberries
