// Decodes pages of cards into offers.
#include "adapters/wildberries/cards.hpp"

#include <array>
#include <optional>
#include <span>
#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "json/document.hpp"
#include "json/nested_rows.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

constexpr std::string_view kList = "cards";
constexpr std::array kPath{kList};
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

/// The offers of one page, as views into its text.
class PageOffers {
 public:
  explicit PageOffers(PageWatch& watch) : watch_(watch) {}

  /// Reads a card without problems. False: it has one, and nothing of it was taken.
  Result<bool> add(const json::NestedRow& card) {
    const std::int64_t nm = card.row[kNm].integer;
    bool good = nm > 0;
    for (std::size_t part = 0; part < card.parts.size(); part += kSizeFields.size()) {
      good = good && card.parts[part + kChrt].integer > 0;
    }
    if (!good) return false;
    OfferRow base;
    base.listing = texts_.add(nm);
    watch_.row(base.listing);
    STK_TRY(base.article, text_of(card.row[kArticle]));
    STK_TRY(base.title, text_of(card.row[kTitle]));
    STK_TRY(base.brand, text_of(card.row[kBrand]));
    for (std::size_t part = 0; part < card.parts.size(); part += kSizeFields.size()) {
      const std::span<const json::Cell> size = card.parts.subspan(part, kSizeFields.size());
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
      finish(row);
    }
    return true;
  }

  /// Reads a card with a problem: its readable sizes are taken, the others are reported.
  Result<void> salvage(json::Value card, std::size_t at, OfferSink& sink) {
    const std::string place = std::string(kList) + "[" + std::to_string(at) + "]";
    const auto nm = id_of(card["nmID"]);
    watch_.row(nm ? std::to_string(*nm) : place);
    OfferRow base;
    std::string_view odd;  // the problem of the card itself
    if (!nm) odd = "nmID is not an id";
    if (nm) base.listing = texts_.add(*nm);
    const auto read = [&](std::string_view member, std::string_view& into, std::string_view why) {
      if (const auto text = optional_text(card[member]))
        into = texts_.add(std::string(*text));
      else if (odd.empty())
        odd = why;
    };
    read("vendorCode", base.article, "vendorCode is not a text");
    read("title", base.title, "title is not a text");
    read("brand", base.brand, "brand is not a text");
    std::size_t sizes = 0;
    const auto size = [&](json::Value value) -> Result<void> {
      const std::string nth = place + ".sizes[" + std::to_string(sizes++) + "]";
      const auto chrt = id_of(value["chrtID"]);
      const std::string_view why = !odd.empty() ? odd : chrt ? add_size(value, *chrt, base) : "chrtID is not an id";
      if (!why.empty()) sink.odd_row({RowOddity::unreadable, why, nth, chrt ? std::to_string(*chrt) : std::string()});
      return success();
    };
    STK_TRY(const bool listed, card["sizes"].each(size));
    if (!listed && odd.empty()) odd = "sizes is not an array";
    if (sizes == 0 && !odd.empty()) sink.odd_row({RowOddity::unreadable, odd, place, {}});
    return success();
  }

  /// Call after the last one is added: the list of barcodes moves in memory while it grows.
  std::span<const OfferRow> finished() {
    std::size_t from = 0;
    for (std::size_t at = 0; at < rows_.size(); ++at) {
      rows_[at].barcodes = std::span<const std::string_view>(barcodes_).subspan(from, barcodes_end_[at] - from);
      from = barcodes_end_[at];
    }
    return rows_;
  }

 private:
  static std::optional<std::int64_t> id_of(const json::Value& value) {
    const auto id = value.integer();
    return id && *id > 0 ? id : std::nullopt;
  }
  /// Empty for an absent value; nullopt for a value that is not a text.
  static std::optional<std::string_view> optional_text(const json::Value& value) {
    if (!value.exists() || value.is_null()) return std::string_view();
    return value.text();
  }
  /// Returns the problem; empty: the size was taken.
  std::string_view add_size(json::Value value, std::int64_t chrt, const OfferRow& base) {
    const auto name = optional_text(value["techSize"]);
    if (!name) return "techSize is not a text";
    const std::size_t before = barcodes_.size();
    const json::Value codes = value["skus"];
    const auto listed = codes.each([this](json::Value code) -> Result<void> {
      const auto text = code.text();
      if (!text) return Errc::vendor_schema;
      barcodes_.push_back(texts_.add(std::string(*text)));
      return success();
    });
    if (!listed || (!listed.value() && codes.exists() && !codes.is_null())) {
      barcodes_.resize(before);
      return "skus is not a list of texts";
    }
    OfferRow row = base;
    row.key = texts_.add(chrt);
    row.size = texts_.add(std::string(*name));
    finish(row);
    return {};
  }
  void finish(const OfferRow& row) {
    rows_.push_back(row);
    barcodes_end_.push_back(barcodes_.size());
  }
  /// Empty if the card does not say.
  Result<std::string_view> text_of(const json::Cell& cell) {
    if (!cell.present) return std::string_view();
    if (const auto plain = json::plain_text(cell)) return *plain;
    STK_TRY(auto text, json::text_of(cell));
    return texts_.add(std::move(text));
  }

  PageWatch& watch_;
  RowTexts texts_;
  std::vector<OfferRow> rows_;
  std::vector<std::string_view> barcodes_;  ///< of all rows, one after another
  std::vector<std::size_t> barcodes_end_;   ///< of each row
};

/// Reads odd cards, by their index in the list, from the complete document: slower, but more precise.
Result<void> salvage(PageOffers& page, const std::string& body, const std::vector<std::size_t>& odd, OfferSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  std::size_t at = 0;
  auto next = odd.begin();
  const auto take = [&](json::Value card) -> Result<void> {
    const std::size_t number = at++;
    if (next == odd.end() || *next != number) return success();
    ++next;
    return page.salvage(card, number, sink);
  };
  STK_TRY(document.root()[kList].each(take));
  return success();
}

Result<CardCursor> cursor_in(const std::string& rest, std::size_t cards) {
  STK_TRY(const auto document, json::Document::parse(rest));
  STK_TRY(check_refusal(document.root()));
  const json::Value cursor = document.root()["cursor"];
  CardCursor next;
  if (cards == 0 && (!cursor.exists() || cursor.is_null())) return next;
  const auto total = cursor["total"].integer();
  if (!total || *total < 0) return Error(Errc::vendor_schema, "cursor.total is not a count").about("cursor.total");
  next.updated_at = cursor["updatedAt"].text().value_or("");
  next.nm_id = cursor["nmID"].integer().value_or(0);
  next.total = *total;
  return next;
}

}  // namespace

Result<CardCursor> decode_cards_page(std::string body, OfferSink& sink, PageWatch& watch) {
  PageOffers page(watch);
  std::vector<std::size_t> odd;
  std::string rest;
  const auto take = [&](const json::NestedRow& card) -> Result<void> {
    STK_TRY(const bool good, page.add(card));
    if (!good) odd.push_back(card.row_at);
    return success();
  };
  const auto leave_out = [&](const json::BrokenRow& card) -> Result<void> {
    odd.push_back(card.row_at);
    return success();
  };
  const json::TakeBroken broken(leave_out);
  STK_TRY(const std::size_t cards, json::read_nested(body, kCards, take, &rest, &broken));
  STK_TRY(const CardCursor next, cursor_in(rest, cards));
  if (!odd.empty()) {
    STK_TRY(salvage(page, body, odd, sink));
  }
  STK_TRY(sink.offers(page.finished()));
  return next;
}

namespace {

std::string request(bool ascending, int limit, const CardCursor* from) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("settings").begin_object();
  json.key("sort").begin_object().field("ascending", ascending).end_object();
  json.key("filter").begin_object().field("withPhoto", 0).end_object();  // 0: with and without photos, since 2026-06-16
  json.key("cursor").begin_object().field("limit", limit);
  if (from != nullptr) {
    json.field("updatedAt", std::string_view(from->updated_at)).field("nmID", from->nm_id);
  }
  json.end_object().end_object().end_object();
  return body;
}

constexpr Method kCardsList{HttpMethod::post, &Hosts::content, "/content/v2/get/cards/list", "wildberries.cards_list",
                            "content"};

}  // namespace

// Oldest change first: a card that changes during reading comes again at the end instead of being missed.
std::string cards_request(int limit, const CardCursor* from) { return request(true, limit, from); }

std::string newest_card_request() { return request(false, 1, nullptr); }

/// Reads until an empty page. A short page may be one that the server has limited.
Result<void> read_cards(const Calls& calls, OfferSink& sink, const CallContext& context) {
  PageWatch watch(kCardsList.operation);
  std::optional<CardCursor> cursor;
  const auto page = [&](std::string body) -> Result<CardCursor> {
    STK_TRY(auto response, calls.ask(kCardsList, context, {}, std::move(body)));
    if (response.status == 204) return CardCursor();
    return in_operation(kCardsList.operation, decode_cards_page(std::move(response.body), sink, watch));
  };
  while (true) {
    STK_TRY(auto next, page(cards_request(calls.options().cards_per_page, cursor ? &*cursor : nullptr)));
    if (next.total == 0) return success();
    if (cursor && next.updated_at == cursor->updated_at && next.nm_id == cursor->nm_id) {
      // A cursor's time is coarser than a card's, so the end may be answered repeatedly. In the middle of the list,
      // pages that repeat their border look the same: only the card that changed last shows where the list ends.
      STK_TRY(const auto newest, page(newest_card_request()));
      if (newest.total == 1 && newest.nm_id == cursor->nm_id) return success();
      return Error(Errc::vendor_contradiction, "the cursor of the card list does not move")
          .during(kCardsList.operation)
          .may_retry();
    }
    STK_TRY(watch.turn(next.updated_at + " " + std::to_string(next.nm_id)));
    cursor = std::move(next);
  }
}

}  // namespace stocktracker::inline v0::wildberries
