// The list of cards: its query, its order, its pages.
#include "testing/world/wildberries/cards.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "testing/world/core/fields.hpp"
#include "testing/world/wildberries/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

struct Filter {
  std::int64_t with_photo = 0;  // 1: only with, 2: only without; -1 and 0: any
  std::string text;             // a complete article, nmID or barcode
  std::vector<std::int64_t> tags;
  std::vector<std::int64_t> subjects;
  std::vector<std::string> brands;
  std::int64_t imt_id = 0;  // 0: any
};

template <class T, class U>
bool contains(const std::vector<T>& all, const U& value) {
  return std::find(all.begin(), all.end(), value) != all.end();
}

bool has_text(const Catalogue& catalogue, const Card& card, const std::string& text) {
  if (card.article == text || std::to_string(card.id) == text) return true;
  for (std::uint32_t s = card.first_size; s < card.first_size + card.sizes; ++s) {
    const Size& size = catalogue.sizes[s];
    for (std::uint32_t b = size.first_barcode; b < size.first_barcode + size.barcodes; ++b) {
      if (catalogue.barcodes[b].text() == text) return true;
    }
  }
  return false;
}

bool shows(const Catalogue& catalogue, const Card& card, const Filter& filter) {
  if (!card.listed || card.trashed) return false;
  if (filter.with_photo == 1 && card.photos == 0) return false;
  if (filter.with_photo == 2 && card.photos > 0) return false;
  if (filter.imt_id != 0 && card.group_id != filter.imt_id) return false;
  if (!filter.subjects.empty() && !contains(filter.subjects, card.subject.id)) return false;
  if (!filter.brands.empty() && !contains(filter.brands, card.brand)) return false;
  if (!filter.tags.empty() &&
      std::none_of(card.tags.begin(), card.tags.end(), [&](const Tag& tag) { return contains(filter.tags, tag.id); })) {
    return false;
  }
  return filter.text.empty() || has_text(catalogue, card, filter.text);
}

// What a request asks for.
struct CardsRequest {
  bool ascending = false;
  std::int64_t limit = 0;
  std::string after_time;
  std::int64_t after_id = 0;
  Filter filter;
  std::optional<Instant> after;  // after_time as an instant
};

CardsRequest request_of(const JsonValue* body, bool& spoilt) {
  const Fields settings = Fields(body, spoilt).inner("settings");
  const Fields cursor = settings.inner("cursor");
  const Fields wanted = settings.inner("filter");
  CardsRequest request;
  request.ascending = settings.inner("sort").flag("ascending", false);
  request.limit = cursor.number("limit", 10);
  request.after_time = cursor.text("updatedAt");
  request.after_id = cursor.number("nmID", 0);
  static_cast<void>(wanted.flag("allowedCategoriesOnly", false));  // all of ours are
  request.filter = {wanted.number("withPhoto", 0), wanted.text("textSearch"), wanted.numbers("tagIDs"),
                    wanted.numbers("objectIDs"),   wanted.texts("brands"),    wanted.number("imtID", 0)};
  return request;
}

// The first card beyond the cursor by (updatedAt, nmID); descending pages walk the same order backwards.
std::size_t first_position(const Catalogue& catalogue, const CardsRequest& request, const Hit& hit) {
  const std::vector<std::uint32_t>& order = catalogue.by_update;
  const std::size_t start = request.ascending ? 0 : order.size();
  if (!request.after || hit.endless) return start;
  const auto before_cursor = [&](std::uint32_t index) {
    const Card& card = catalogue.cards[index];
    if (card.updated != *request.after) return card.updated < *request.after;
    return request.ascending ? card.id <= request.after_id : card.id < request.after_id;
  };
  const auto found = std::partition_point(order.begin(), order.end(), before_cursor);
  const auto position = static_cast<std::size_t>(found - order.begin());
  return request.ascending ? position - std::min(position, hit.repeat) : position;
}

std::vector<std::uint32_t> cards_of(const Catalogue& catalogue, const CardsRequest& request, const Hit& hit) {
  const std::vector<std::uint32_t>& order = catalogue.by_update;
  std::size_t position = first_position(catalogue, request, hit);
  const auto limit = static_cast<std::size_t>(request.limit);
  const std::size_t most = std::min(limit, hit.shrink.value_or(limit));
  std::vector<std::uint32_t> page;
  while (page.size() < most && (request.ascending ? position < order.size() : position > 0)) {
    const std::uint32_t index = request.ascending ? order[position++] : order[--position];
    if (shows(catalogue, catalogue.cards[index], request.filter)) page.push_back(index);
  }
  return page;
}

// `last`: of the page; null if it is empty.
void write_cursor(JsonWriter& json, const CardsRequest& request, const Card* last, bool endless) {
  if (last != nullptr) {
    json.field("updatedAt", card_time(last->updated));
    // An endless list: the same cards under a cursor that moves.
    json.field("nmID", endless ? std::max(request.after_id, last->id) + 1 : last->id);
  } else {
    // Nothing moves the cursor; the vendor's empty time is the year 1.
    json.field("updatedAt", request.after ? std::string_view(request.after_time) : "0001-01-01T00:00:00Z");
    json.field("nmID", request.after_id);
  }
}

}  // namespace

std::string card_time(Instant at) {
  std::string text = to_rfc3339(at);
  if (text.find('.') == std::string::npos) return text;
  text.pop_back();
  text.erase(text.find_last_not_of('0') + 1);
  return text + "Z";
}

HttpResponse WildberriesFace::cards_list(const Call& call) {
  const auto body = JsonValue::parse(call.request.body);
  bool spoilt = !body || !body->is(JsonValue::Type::object);
  CardsRequest request = request_of(spoilt ? nullptr : &*body, spoilt);
  // The media type is the vendor's own spelling.
  if (spoilt) return json_answer(400, "Request body can not be decoded", "plain/text");
  if (request.limit < 1 || request.limit > 100)
    return content_error("Invalid request parameters", "limit", "must be between 1 and 100");
  if (request.filter.with_photo < -1 || request.filter.with_photo > 2) {
    return content_error("Invalid request parameters", "withPhoto", "must be -1, 0, 1 or 2");
  }
  if (!request.after_time.empty()) {
    const auto parsed = parse_rfc3339(request.after_time);
    if (!parsed) return content_error("Invalid request parameters", "updatedAt", "must be an RFC 3339 time");
    request.after = parsed.value();
  }
  const std::vector<std::uint32_t> page = cards_of(catalogue_, request, call.hit);
  std::string out;
  out.reserve(page.size() * 3'000 + 256);
  out += "{\"cards\":[";
  for (std::size_t n = 0; n < page.size(); ++n) {
    if (n > 0) out += ',';
    write_card(out, page[n]);
  }
  out += "],\"cursor\":";
  JsonWriter json(out);
  json.begin_object();
  write_cursor(json, request, page.empty() ? nullptr : &catalogue_.cards[page.back()], call.hit.endless);
  json.field("total", page.size()).end_object();
  out += '}';
  return json_answer(200, std::move(out));
}

}  // namespace stocktracker::inline v0::testing::world
