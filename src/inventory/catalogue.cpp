// Packs the offers of a catalogue and reads them back.
#include "inventory/catalogue.hpp"

#include <algorithm>
#include <array>

namespace stocktracker::inline v0::inventory {
namespace {

constexpr std::uint32_t kFields = 6;

}  // namespace

void Catalogue::add(const OfferRow& row) {
  Entry entry;
  entry.from = texts_.size();
  entry.first_length = static_cast<std::uint32_t>(lengths_.size());
  const std::array fields{row.key, row.listing, row.article, row.title, row.brand, row.size};
  entry.parts = kFields + static_cast<std::uint32_t>(row.barcodes.size());
  const auto append = [&](std::string_view text) {
    texts_.append(text);
    lengths_.push_back(static_cast<std::uint32_t>(text.size()));
  };
  for (const std::string_view field : fields) append(field);
  for (const std::string_view code : row.barcodes) append(code);

  // Lengths are hashed with the texts, so that "ab","c" and "a","bc" differ.
  Digest128 content = digest128(texts_.data() + entry.from, texts_.size() - entry.from);
  content += digest128(lengths_.data() + entry.first_length, entry.parts * sizeof(std::uint32_t));
  entry.details_known = row.details_known;
  if (!row.details_known) content += digest128("?", 1);
  entry.content_hash = static_cast<std::int64_t>(content.lo);
  digest_ += content;
  entries_.push_back(entry);
}

std::string_view Catalogue::key(std::size_t at) const noexcept {
  return std::string_view(texts_).substr(entries_[at].from, lengths_[entries_[at].first_length]);
}

OfferRow Catalogue::row(std::size_t at, std::vector<std::string_view>& barcodes) const {
  const Entry& entry = entries_[at];
  std::size_t from = entry.from;
  std::uint32_t part = entry.first_length;
  const auto take = [&] {
    const std::uint32_t length = lengths_[part++];
    const auto text = std::string_view(texts_).substr(from, length);
    from += length;
    return text;
  };
  OfferRow row;
  row.key = take();
  row.listing = take();
  row.article = take();
  row.title = take();
  row.brand = take();
  row.size = take();
  barcodes.clear();
  for (std::uint32_t i = kFields; i < entry.parts; ++i) barcodes.push_back(take());
  row.barcodes = barcodes;
  return row;
}

std::vector<std::string> Catalogue::keys() const {
  std::vector<std::string> keys;
  keys.reserve(size());
  for (std::size_t at = 0; at < size(); ++at) keys.emplace_back(key(at));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace stocktracker::inline v0::inventory
