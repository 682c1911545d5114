// Decodes returns into units that come back.
#include "adapters/ozon/returns.hpp"

#include <algorithm>
#include <array>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "core/hash.hpp"
#include "json/lenient.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kOperation = "ozon.returns";
constexpr int kReturnsPerPage = 500;

/// Documented statuses of returns that did not take place: waiting for a decision, refused, or withdrawn. The buyer has
/// the goods. Every other status, also a newer one, is a return.
bool buyer_keeps(std::string_view status) noexcept {
  static constexpr std::array<std::string_view, 10> kKept{"Cancelled",
                                                          "CancelledDisputeNotOpen",
                                                          "CrmRejected",
                                                          "DisputeOpened",
                                                          "OfferedPartialCompensation",
                                                          "OnSellerApproval",
                                                          "OnSellerClarification",
                                                          "OnSellerClarificationAfterPartialCompensation",
                                                          "PartialCompensationReturned",
                                                          "Rejected"};
  return std::find(kKept.begin(), kKept.end(), status) != kKept.end();
}

/// How a type is counted; null if it says nothing about a line (the posting itself reports a cancellation; a technical
/// return is not about a buyer).
std::int64_t ReturnedUnits::*counted_as(std::string_view type) noexcept {
  if (type == "ClientReturn") return &ReturnedUnits::given_back;
  if (type == "FullReturn" || type == "PartialReturn") return &ReturnedUnits::refused;
  return nullptr;
}

Result<void> count(json::Value one, std::int64_t id, Returns& into) {
  const auto type = one["type"].text();
  if (!type) return row_error("type", "is no text");
  const auto member = counted_as(*type);
  if (member == nullptr || buyer_keeps(one["visual"]["status"]["sys_name"].text().value_or(""))) return success();
  const auto posting = one["posting_number"].text();
  const auto sku = json::lenient_integer(one["product"]["sku"]);
  if (!posting || posting->empty()) return row_error("posting_number", "is empty");
  if (!sku) return row_error("product.sku", "is no id");
  const auto quantity = json::lenient_integer(one["product"]["quantity"]);
  if (!quantity || *quantity < 1 || *quantity > kMostUnits) return row_error("product.quantity", "is no quantity");
  if (!into.ids.insert(hash64(std::to_string(id)))) return success();
  const auto moment = parse_rfc3339(one["logistic"]["return_date"].text().value_or(""));
  ReturnedUnits& units = into.lines[line_key(*posting, *sku)];
  units.*member = std::min(kMostUnits, units.*member + *quantity);
  if (moment) units.at = std::max(units.at, moment.value());
  return success();
}

}  // namespace

std::string line_key(std::string_view posting, std::int64_t sku) {
  return std::string(posting) + "/" + std::to_string(sku);
}

Result<NextPage> decode_returns(std::string_view body, AnswerSink& odd, PageWatch& watch, Returns& into) {
  STK_TRY(const auto document, json::Document::parse(body));
  NextPage page;
  const auto key = [](json::Value one) { return std::string(one["posting_number"].text().value_or("")); };
  const auto take = [&](json::Value one) -> Result<void> {
    const auto id = json::lenient_integer(one["id"]);
    if (!id || *id <= 0) return row_error("id", "is no id");
    page.cursor = std::to_string(*id);
    watch.row(page.cursor);
    return count(one, *id, into);
  };
  STK_TRY(page.rows, each_row(document.root(), "returns", odd, key, take));
  page.has_next = document.root()["has_next"].boolean();
  return page;
}

Result<Returns> fetch_returns(const Calls& calls, Instant from, Instant until, AnswerSink& odd,
                              const CallContext& context) {
  Returns returns;
  PageWatch watch(kOperation);
  STK_TRY(read_pages(watch, [&](const std::string& last) -> Result<std::optional<std::string>> {
    std::string body;
    JsonWriter json(body);
    json.begin_object().key("filter").begin_object().key("logistic_return_date").begin_object();
    json.field("time_from", to_rfc3339(from)).field("time_to", to_rfc3339(until)).end_object().end_object();
    json.field("limit", kReturnsPerPage).key("last_id").decimal(last.empty() ? "0" : last).end_object();
    STK_TRY(const auto answer, calls.post("/v1/returns/list", kOperation, std::move(body), context));
    STK_TRY(const auto next, in_operation(kOperation, decode_returns(answer.body, odd, watch, returns)));
    return in_operation(kOperation, next.next());
  }));
  return returns;
}

}  // namespace stocktracker::inline v0::ozon
