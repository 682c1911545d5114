// Finds the offers of an account by key.
#include "inventory/offer_index.hpp"

#include "core/hash.hpp"

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kLoad{"offer.index",
                          "SELECT offer_id, offer_key, state, content_hash FROM offer WHERE account_id = $1 "
                          "ORDER BY offer_id"};
constexpr Statement kMaxId{"offer.max_id", "SELECT coalesce(max(offer_id), 0) FROM offer"};

std::uint64_t mixed(std::uint64_t word) noexcept {
  word ^= word >> 32;
  word *= 0x9E3779B97F4A7C15ULL;
  return word ^ (word >> 29);
}

}  // namespace

std::int64_t canonical_number(std::string_view text) noexcept {
  constexpr std::size_t kMostDigits = 19;  // digits of the largest std::int64_t
  if (text.empty() || text.size() > kMostDigits || (text[0] == '0' && text.size() > 1)) return -1;
  std::int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    if (__builtin_mul_overflow(number, std::int64_t{10}, &number)) return -1;
    if (__builtin_add_overflow(number, std::int64_t{c - '0'}, &number)) return -1;
  }
  return number;
}

std::string_view OfferIndex::text_at(std::size_t position) const noexcept {
  const std::size_t from = position == 0 ? 0 : text_ends_[position - 1];
  return std::string_view(texts_).substr(from, text_ends_[position] - from);
}

std::size_t OfferIndex::slot_of(std::uint64_t word, std::string_view text) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = mixed(word) & mask;
  while (slots_[slot] != 0) {
    const std::size_t position = slots_[slot] - 1;
    if (words_[position] == word && (numeric_ || text_at(position) == text)) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

std::size_t OfferIndex::find(std::int64_t number) const noexcept {
  if (slots_.empty() || !numeric_) return kNone;
  const std::uint32_t found = slots_[slot_of(static_cast<std::uint64_t>(number), {})];
  return found == 0 ? kNone : found - 1;
}

std::size_t OfferIndex::find(std::string_view text) const noexcept {
  if (numeric_) {
    const std::int64_t number = canonical_number(text);
    return number < 0 ? kNone : find(number);
  }
  if (slots_.empty()) return kNone;
  const std::uint32_t found = slots_[slot_of(hash64(text), text)];
  return found == 0 ? kNone : found - 1;
}

std::size_t OfferIndex::add(std::int64_t number, const KnownOffer& offer) {
  return insert(static_cast<std::uint64_t>(number), {}, offer);
}

std::size_t OfferIndex::add(std::string_view text, const KnownOffer& offer) {
  if (numeric_) return add(canonical_number(text), offer);
  return insert(hash64(text), text, offer);
}

std::size_t OfferIndex::insert(std::uint64_t word, std::string_view text, const KnownOffer& offer) {
  if (slots_.size() < (offers_.size() + 1) * 2) rehash(slots_.empty() ? 16 : slots_.size() * 2);
  const std::size_t position = offers_.size();
  slots_[slot_of(word, text)] = static_cast<std::uint32_t>(position + 1);
  words_.push_back(word);
  offers_.push_back(offer);
  if (!numeric_) {
    texts_.append(text);
    text_ends_.push_back(texts_.size());
  }
  return position;
}

void OfferIndex::rehash(std::size_t slots) {
  slots_.assign(slots, 0);
  const std::size_t mask = slots - 1;
  for (std::size_t position = 0; position < words_.size(); ++position) {
    std::size_t slot = mixed(words_[position]) & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<std::uint32_t>(position + 1);
  }
}

void OfferIndex::truncate(std::size_t size) {
  if (size >= offers_.size()) return;
  offers_.resize(size);
  words_.resize(size);
  if (!numeric_) {
    text_ends_.resize(size);
    texts_.resize(size == 0 ? 0 : text_ends_.back());
  }
  rehash(slots_.size());
}

Result<OfferIndex> load_offer_index(Transaction& tx, const AccountId& account, bool numeric_keys) {
  OfferIndex index(numeric_keys);
  const std::string id = account.text();
  STK_TRY(auto rows, tx.query(kLoad, {id}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return index;
    const KnownOffer offer{rows->integer(0), rows->integer(3), static_cast<OfferState>(rows->integer(2)), false};
    const std::string_view key = rows->text(1);
    if (numeric_keys && canonical_number(key) < 0) {
      return Error(Errc::store_corrupt, "the store holds an offer key that is not a number for a channel of numbers");
    }
    index.add(key, offer);
  }
}

Result<std::int64_t> next_offer_id(Transaction& tx) {
  STK_TRY(auto rows, tx.query(kMaxId));
  STK_TRY(const bool more, rows->next());
  return (more ? rows->integer(0) : 0) + 1;
}

}  // namespace stocktracker::inline v0::inventory
