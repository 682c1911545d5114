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
  if (card.article == text || std::to_string(card.nm_id) == text) return true;
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
  if (filter.imt_id != 0 && card.imt_id != filter.imt_id) return false;
  if (!filter.subjects.empty() && !contains(filter.subjects, card.subject.id)) return false;
  if (!filter.brands.empty() && !contains(filter.brands, card.brand)) return false;
  if (!filter.tags.empty() &&
      std::none_of(card.tags.begin(), card.tags.end(), [&](const Tag& tag) { return contains(filter.tags, tag.id); })) {
    return false;
  }
  return filter.text.empty() || has_text(catalogue, card, filter.text);
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
  const Fields settings = Fields(spoilt ? nullptr : &*body, spoilt).inner("settings");
  const Fields cursor = settings.inner("cursor");
  const Fields wanted = settings.inner("filter");
  const bool ascending = settings.inner("sort").flag("ascending", false);
  const std::int64_t limit = cursor.number("limit", 10);
  const std::string after_time = cursor.text("updatedAt");
  const std::int64_t after_id = cursor.number("nmID", 0);
  const bool only_allowed = wanted.flag("allowedCategoriesOnly", false);  // all of ours are
  static_cast<void>(only_allowed);
  const Filter filter{wanted.number("withPhoto", 0), wanted.text("textSearch"), wanted.numbers("tagIDs"),
                      wanted.numbers("objectIDs"),   wanted.texts("brands"),    wanted.number("imtID", 0)};
  // The media type is the vendor's own spelling.
  if (spoilt) return json_answer(400, "Request body can not be decoded", "plain/text");
  if (limit < 1 || limit > 100)
    return content_error("Invalid request parameters", "limit", "must be between 1 and 100");
  if (filter.with_photo < -1 || filter.with_photo > 2) {
    return content_error("Invalid request parameters", "withPhoto", "must be -1, 0, 1 or 2");
  }
  std::optional<Instant> after;
  if (!after_time.empty()) {
    const auto parsed = parse_rfc3339(after_time);
    if (!parsed) return content_error("Invalid request parameters", "updatedAt", "must be an RFC 3339 time");
    after = parsed.value();
  }

  // The first card beyond the cursor by (updatedAt, nmID); descending pages walk the same order backwards.
  const std::vector<std::uint32_t>& order = catalogue_.by_update;
  const auto before_cursor = [&](std::uint32_t index, bool inclusive) {
    const Card& card = catalogue_.cards[index];
    if (card.updated != *after) return card.updated < *after;
    return inclusive ? card.nm_id <= after_id : card.nm_id < after_id;
  };
  std::size_t position = ascending ? 0 : order.size();
  if (after) {
    const auto found = std::partition_point(order.begin(), order.end(),
                                            [&](std::uint32_t index) { return before_cursor(index, ascending); });
    position = static_cast<std::size_t>(found - order.begin());
    if (ascending) position -= std::min(position, call.hit.repeat);
    if (call.hit.endless) position = ascending ? 0 : order.size();
  }
  std::vector<std::uint32_t> page;
  const std::size_t most =
      std::min(static_cast<std::size_t>(limit), call.hit.shrink.value_or(static_cast<std::size_t>(limit)));
  while (page.size() < most && (ascending ? position < order.size() : position > 0)) {
    const std::uint32_t index = ascending ? order[position++] : order[--position];
    if (shows(catalogue_, catalogue_.cards[index], filter)) page.push_back(index);
  }

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
  if (!page.empty()) {
    const Card& last = catalogue_.cards[page.back()];
    json.field("updatedAt", card_time(last.updated));
    // An endless list: the same cards under a cursor that moves.
    json.field("nmID", call.hit.endless ? std::max(after_id, last.nm_id) + 1 : last.nm_id);
  } else {
    // Nothing moves the cursor; the vendor's empty time is the year 1.
    json.field("updatedAt", after ? std::string_view(after_time) : std::string_view("0001-01-01T00:00:00Z"));
    json.field("nmID", after_id);
  }
  json.field("total", page.size()).end_object();
  out += '}';
  return json_answer(200, std::move(out));
}

}  // namespace stocktracker::inline v0::testing::world
