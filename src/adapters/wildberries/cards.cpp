#include "adapters/wildberries/cards.hpp"

#include <span>
#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "json/document.hpp"
#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

Error wrong(std::size_t card, std::string_view member, std::string_view what) {
  const std::string field = "cards[" + std::to_string(card) + "]." + std::string(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

/// The offers of one page, as views into its document.
struct PageOffers {
  RowTexts ids;
  std::vector<OfferRow> rows;
  std::vector<std::string_view> barcodes;  ///< of all rows, one after another
  std::vector<std::size_t> barcodes_end;   ///< of each row

  /// When no more are added: the list has moved while it grew.
  std::span<const OfferRow> finished() {
    std::size_t from = 0;
    for (std::size_t at = 0; at < rows.size(); ++at) {
      rows[at].barcodes = std::span<const std::string_view>(barcodes).subspan(from, barcodes_end[at] - from);
      from = barcodes_end[at];
    }
    return rows;
  }
};

Result<void> read_card(json::Value card, std::size_t at, PageOffers& page) {
  const auto nm = card["nmID"].integer();
  if (!nm || *nm <= 0) return wrong(at, "nmID", "is not an id");
  OfferRow base;
  base.listing = page.ids.add(*nm);
  base.article = card["vendorCode"].text().value_or("");
  base.title = card["title"].text().value_or("");
  base.brand = card["brand"].text().value_or("");

  const auto size = [&](json::Value value) -> Result<void> {
    const auto chrt = value["chrtID"].integer();
    if (!chrt || *chrt <= 0) return wrong(at, "sizes.chrtID", "is not an id");
    STK_TRY(value["skus"].each([&](json::Value code) -> Result<void> {
      const auto text = code.text();
      if (!text) return wrong(at, "sizes.skus", "holds something that is not a text");
      page.barcodes.push_back(*text);
      return success();
    }));
    OfferRow row = base;
    row.key = page.ids.add(*chrt);
    row.size = value["techSize"].text().value_or("");
    page.rows.push_back(row);
    page.barcodes_end.push_back(page.barcodes.size());
    return success();
  };
  STK_TRY(const bool listed, card["sizes"].each(size));
  if (!listed) return wrong(at, "sizes", "is not an array");
  return success();
}

}  // namespace

Result<CardCursor> decode_cards_page(std::string_view body, OfferSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  PageOffers page;
  std::size_t at = 0;
  STK_TRY(const bool listed, document.root()["cards"].each([&](json::Value card) -> Result<void> {
    STK_TRY(read_card(card, at, page));
    ++at;
    return success();
  }));
  if (!listed) return Error(Errc::vendor_schema, "cards is not an array").about("cards");

  const json::Value cursor = document.root()["cursor"];
  const auto total = cursor["total"].integer();
  if (!total || *total < 0) return Error(Errc::vendor_schema, "cursor.total is not a count").about("cursor.total");
  CardCursor next;
  next.updated_at = cursor["updatedAt"].text().value_or("");
  next.nm_id = cursor["nmID"].integer().value_or(0);
  next.total = *total;
  STK_TRY(sink.offers(page.finished()));
  return next;
}

namespace {

std::string request(bool ascending, int limit, const CardCursor* from) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("settings").begin_object();
  json.key("sort").begin_object().field("ascending", ascending).end_object();
  json.key("filter").begin_object().field("withPhoto", 0).end_object();  // 0: with or without, since 2026-06-16
  json.key("cursor").begin_object().field("limit", limit);
  if (from != nullptr) {
    json.field("updatedAt", std::string_view(from->updated_at)).field("nmID", from->nm_id);
  }
  json.end_object().end_object().end_object();
  return body;
}

}  // namespace

// Oldest change first: what changes while we read comes again at the end instead of being missed.
std::string cards_request(int limit, const CardCursor* from) { return request(true, limit, from); }

std::string newest_card_request() { return request(false, 1, nullptr); }

}  // namespace stocktracker::inline v0::wildberries
