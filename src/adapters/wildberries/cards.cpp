#include "adapters/wildberries/cards.hpp"

#include <array>
#include <span>
#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "json/document.hpp"
#include "json/nested_rows.hpp"
#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

constexpr std::array<std::string_view, 1> kPath{"cards"};
enum CardColumn : std::size_t { kNm, kArticle, kTitle, kBrand };
constexpr std::array kCard{
    json::Field{"nmID", json::FieldType::integer}, json::Field{"vendorCode", json::FieldType::text, false},
    json::Field{"title", json::FieldType::text, false}, json::Field{"brand", json::FieldType::text, false}};
enum SizeColumn : std::size_t { kChrt, kSize, kBarcodes };
constexpr std::array kSizeFields{json::Field{"chrtID", json::FieldType::integer},
                                 json::Field{"techSize", json::FieldType::text, false},
                                 json::Field{"skus", json::FieldType::texts, false}};
const json::NestedShape kCards{
    .path = kPath, .row = kCard, .parts = "sizes", .part = kSizeFields, .parts_required = true};

Error wrong(std::size_t card, std::string_view member, std::string_view what) {
  const std::string field = "cards[" + std::to_string(card) + "]." + std::string(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

/// The offers of one page, as views into its text.
class PageOffers {
 public:
  Result<void> add(const json::NestedRow& card) {
    const std::int64_t nm = card.row[kNm].integer;
    if (nm <= 0) return wrong(card.row_at, "nmID", "is not an id");
    OfferRow base;
    base.listing = texts_.add(nm);
    STK_TRY(base.article, text_of(card.row[kArticle]));
    STK_TRY(base.title, text_of(card.row[kTitle]));
    STK_TRY(base.brand, text_of(card.row[kBrand]));
    for (std::size_t part = 0; part < card.parts.size(); part += kSizeFields.size()) {
      const std::span<const json::Cell> size = card.parts.subspan(part, kSizeFields.size());
      if (size[kChrt].integer <= 0) {
        return wrong(card.row_at, "sizes[" + std::to_string(part / kSizeFields.size()) + "].chrtID", "is not an id");
      }
      OfferRow row = base;
      row.key = texts_.add(size[kChrt].integer);
      STK_TRY(row.size, text_of(size[kSize]));
      if (size[kBarcodes].present) {
        const auto take = [this](const json::Cell& code) -> Result<void> {
          STK_TRY(const std::string_view text, text_of(code));
          barcodes_.push_back(text);
          return success();
        };
        STK_TRY(json::each_text(size[kBarcodes], take));
      }
      rows_.push_back(row);
      barcodes_end_.push_back(barcodes_.size());
    }
    return success();
  }

  /// When no more are added: the list of barcodes moves while it grows.
  std::span<const OfferRow> finished() {
    std::size_t from = 0;
    for (std::size_t at = 0; at < rows_.size(); ++at) {
      rows_[at].barcodes = std::span<const std::string_view>(barcodes_).subspan(from, barcodes_end_[at] - from);
      from = barcodes_end_[at];
    }
    return rows_;
  }

 private:
  /// Empty where the card does not tell.
  Result<std::string_view> text_of(const json::Cell& cell) {
    if (!cell.present) return std::string_view();
    if (const auto plain = json::plain_text(cell)) return *plain;
    STK_TRY(auto text, json::text_of(cell));
    return texts_.add(std::move(text));
  }

  RowTexts texts_;
  std::vector<OfferRow> rows_;
  std::vector<std::string_view> barcodes_;  ///< of all rows, one after another
  std::vector<std::size_t> barcodes_end_;   ///< of each row
};

}  // namespace

Result<CardCursor> decode_cards_page(std::string body, OfferSink& sink) {
  PageOffers page;
  std::string rest;
  STK_TRY(json::read_nested(
      body, kCards, [&](const json::NestedRow& card) { return page.add(card); }, &rest));
  STK_TRY(const auto document, json::Document::parse(rest));
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
