// Cards: what a seller's catalogue looks like, traps for readers included.
#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <utility>

#include "testing/world/core/catalogue.hpp"
#include "testing/world/core/random.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

struct Line {
  Subject subject;
  std::string_view title;
  std::string_view other_title;
};

constexpr std::array kLines{
    Line{{192, "Футболки"}, "Футболка хлопковая", "Футболка оверсайз"},
    Line{{177, "Рубашки"}, "Рубашка льняная", "Рубашка с коротким рукавом"},
    Line{{69, "Платья"}, "Платье летнее", "Платье миди"},
    Line{{105, "Кроссовки"}, "Кроссовки беговые", "Кроссовки на каждый день"},
    Line{{168, "Куртки"}, "Куртка утеплённая", "Куртка \"Зима\" с капюшоном"},
    Line{{11, "Брюки"}, "Брюки прямые", "Брюки на резинке"},
    Line{{5070, "Термосы"}, "Термос стальной, 0,75 л", "Термос дорожный"},
    Line{{812, "Кружки"}, "Кружка «Ёжик»", "Кружка 350 мл"},
    Line{{3756, "Пледы"}, "Плед вязаный", "Плед 200×220 см"},
    Line{{7771, "Наборы инструментов"}, "Набор инструментов 1/4\"", "Набор инструментов; 46 предметов"},
};
// Lines from here on are goods of one size.
constexpr std::size_t kFirstOneSizeLine = 6;

constexpr std::array<std::string_view, 9> kBrands{
    "Полярис & Ко", "ЁЛКА", "Северный ветер", "EkkE", "уллу", "Дом \"Уют\"", "L’Été", "Щит", "Льняная лавка"};
constexpr std::array<std::string_view, 5> kColours{"красно-сиреневый", "чёрный", "молочный", "тёмно-зелёный", "хаки"};

constexpr std::array<std::string_view, 6> kLetters{"XS", "S", "M", "L", "XL", "XXL"};
constexpr std::array<std::string_view, 6> kLettersLocal{"40-42", "42-44", "44-46", "46-48", "48-50", "50-52"};
constexpr std::array<std::string_view, 6> kShoes{"36", "37,5", "39", "40", "41", "42.5"};
constexpr std::array<std::string_view, 6> kShoesLocal{"36", "37", "39", "40", "41", "42"};

constexpr std::array kTags{Tag{592569, "Популярный", "D1CFD7"}, Tag{345, "Распродажа", "FEE0E0"},
                           Tag{415, "Новинка; весна", "DEF1DD"}, Tag{77, "СТМ", "ECDAFF"}};

// Seller's articles, as they are met: each kind is a trap for somebody. Every kind ends in its number, so none repeats.
constexpr std::size_t kArticleKinds = 14;
std::string make_article(std::size_t kind, std::string number) {
  const std::string wide = number.size() < 6 ? std::string(6 - number.size(), '0') + number : number;
  switch (kind) {
    case 0:
      return wide.size() > number.size() ? wide : "0" + wide;  // leading zeros
    case 1:
      return "=1+" + number;  // a formula to a spreadsheet
    case 2:
      return "футболка \"лето\" " + number;
    case 3:
      return "art,красный,№" + number;
    case 4:
      return "набор;3шт;" + number;
    case 5:
      return "+7-" + number;
    case 6:
      return "-" + wide;
    case 7:
      return "@promo" + number;
    case 8:
      return "wb" + wide + "_XL/чёрный";
    case 9:
      return "1e" + number;  // a float to a spreadsheet
    case 10:
      return "Ёж\\" + number;
    case 11:
      return "O'Neil <" + number + ">";
    case 12:
      return "арт. " + number + " ";  // ends in a space
    default:
      return "ST-" + wide;
  }
}

std::string make_title(const Line& line, Stream& stream) {
  std::string title(stream.chance(50) ? line.title : line.other_title);
  title += ", ";
  title += kColours[stream.below(kColours.size())];
  if (stream.chance(10)) title += " & \"подарок\"";
  return title;
}

// Barcodes are unique: the number counts up over the complete catalogue, and each form has its own digits before it.
Barcode make_barcode(std::uint64_t number, Stream& stream) {
  switch (stream.below(4)) {
    case 0:
      return {number, 13};  // zeros in front
    case 1:
      return {4'600'000'000'000 + number, 13};
    case 2:
      return {100'000'000 + number, 12};  // zeros in front, another length
    default:
      return {2'037'000'000'000 + number, 13};
  }
}

// A moment within two years before the start, finer than a second.
Instant moment(Instant before, Stream& stream) {
  return before - Duration(stream.between(1, 730LL * 86'400 * 1'000'000));
}

// The ids and barcodes that were given out last.
struct LastNumbers {
  std::int64_t card_id = 0;
  std::int64_t size_id = 0;
  std::uint64_t barcode = 0;
};

// Bulk edits give many cards the very same instant; some times have fewer digits than six.
Instant update_time(const std::vector<Card>& earlier, Instant before, Stream& stream) {
  if (!earlier.empty() && stream.chance(25)) return earlier[stream.below(earlier.size())].updated;
  Instant updated = moment(before, stream);
  if (stream.chance(20)) updated = Instant::from_micros(updated.micros() / 1'000 * 1'000);
  if (stream.chance(3)) updated = Instant::from_seconds(updated.micros() / 1'000'000);
  return updated;
}

// The next card, without sizes. `line_index`: of kLines, is chosen.
Card make_card(const std::vector<Card>& earlier, Instant before, LastNumbers& last, Stream& stream,
               std::size_t& line_index) {
  const std::size_t n = earlier.size();
  Card card;
  last.card_id += stream.between(1, 2'400);
  card.id = last.card_id;
  // Cards of one group share its id.
  card.group_id = n > 0 && stream.chance(15) ? earlier.back().group_id : card.id + stream.between(1, 900);
  line_index = stream.below(kLines.size());
  const Line& line = kLines[line_index];
  card.subject = line.subject;
  card.brand = kBrands[stream.below(kBrands.size())];
  const std::size_t any_kind = stream.chance(60) ? kArticleKinds - 1 : stream.below(kArticleKinds);
  // The first cards go through every kind, so that the smallest world has them.
  card.article = make_article(n < kArticleKinds ? n : any_kind, std::to_string(n + 1));
  card.title = make_title(line, stream);
  card.photos = stream.chance(12) ? 0 : static_cast<int>(stream.between(1, 4));
  card.created = moment(before, stream);
  card.updated = update_time(earlier, before, stream);
  card.created = std::min(card.created, card.updated);
  for (const Tag& tag : kTags) {
    if (stream.chance(10)) card.tags.push_back(tag);
  }
  return card;
}

// Gives the next card of the catalogue its sizes with their barcodes, `most` at the most.
void add_sizes(Catalogue& catalogue, Card& card, bool one_size, std::size_t most, LastNumbers& last, Stream& stream) {
  const bool shoes = card.subject.id == 105;
  const auto sizes = one_size ? std::size_t{1} : static_cast<std::size_t>(stream.between(1, 6));
  const std::size_t taken = std::min(sizes, most);
  const std::size_t first_name = stream.below(kLetters.size() - taken + 1);
  card.first_size = static_cast<std::uint32_t>(catalogue.sizes.size());
  card.sizes = static_cast<std::uint32_t>(taken);
  for (std::size_t s = 0; s < taken; ++s) {
    Size size;
    last.size_id += stream.between(1, 1'900);
    size.id = last.size_id;
    size.card = static_cast<std::uint32_t>(catalogue.cards.size());
    size.name = one_size ? std::string_view("0") : (shoes ? kShoes : kLetters)[first_name + s];
    size.local_name = one_size ? std::string_view() : (shoes ? kShoesLocal : kLettersLocal)[first_name + s];
    size.first_barcode = static_cast<std::uint32_t>(catalogue.barcodes.size());
    size.barcodes = stream.chance(70) ? 1U : static_cast<std::uint32_t>(stream.between(2, 3));
    for (std::uint32_t b = 0; b < size.barcodes; ++b) {
      catalogue.barcodes.push_back(make_barcode(++last.barcode, stream));
    }
    catalogue.sizes.push_back(size);
  }
}

}  // namespace

void add_cards(const WorldOptions& options, Catalogue& catalogue) {
  const auto wanted = static_cast<std::size_t>(options.offers);
  catalogue.sizes.reserve(wanted);
  catalogue.barcodes.reserve(wanted * 3 / 2);
  catalogue.cards.reserve(wanted / 2);
  Stream ids(options.seed, Purpose::cards);
  LastNumbers last;
  last.card_id = ids.between(10'000'000, 60'000'000);
  last.size_id = ids.between(30'000'000, 90'000'000);
  last.barcode = ids.below(1'000'000);
  for (std::size_t n = 0; catalogue.sizes.size() < wanted; ++n) {
    Stream stream(options.seed, Purpose::cards, n + 1);
    std::size_t line_index = 0;
    Card card = make_card(catalogue.cards, options.start, last, stream, line_index);
    const bool one_size = line_index >= kFirstOneSizeLine;
    add_sizes(catalogue, card, one_size, wanted - catalogue.sizes.size(), last, stream);
    catalogue.cards.push_back(std::move(card));
  }

  catalogue.by_update.resize(catalogue.cards.size());
  std::iota(catalogue.by_update.begin(), catalogue.by_update.end(), 0U);
  std::sort(catalogue.by_update.begin(), catalogue.by_update.end(), [&](std::uint32_t a, std::uint32_t b) {
    // Cards stand by id already.
    if (catalogue.cards[a].updated != catalogue.cards[b].updated)
      return catalogue.cards[a].updated < catalogue.cards[b].updated;
    return a < b;
  });
}

}  // namespace stocktracker::inline v0::testing::world
