// Packs offers, and applies them to the store.
#include "inventory/catalogue.hpp"

#include <algorithm>
#include <array>

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kSetState{"offer.set_state", "UPDATE offer SET state = $2 WHERE offer_id = $1"};
constexpr Statement kForgetBarcodes{"offer_barcode.forget", "DELETE FROM offer_barcode WHERE offer_id = $1"};

constexpr std::uint32_t kFields = 6;

/// Offers to write, column by column.
struct OfferBatch {
  std::vector<std::int64_t> id;
  std::vector<std::int64_t> content_hash;
  std::array<std::vector<std::string_view>, kFields> texts;  // key, listing, article, title, brand, size
  std::vector<std::int64_t> barcode_offer;
  std::vector<std::string_view> barcode;

  void add(std::int64_t offer_id, std::int64_t hash, const OfferRow& row) {
    id.push_back(offer_id);
    content_hash.push_back(hash);
    const std::array fields{row.key, row.listing, row.article, row.title, row.brand, row.size};
    for (std::size_t i = 0; i < kFields; ++i) texts[i].push_back(fields[i]);
    for (const std::string_view code : row.barcodes) {
      barcode_offer.push_back(offer_id);
      barcode.push_back(code);
    }
  }
};

Result<void> write(Transaction& tx, const std::string& account, const OfferBatch& batch, OnConflict conflict) {
  if (batch.id.empty()) return success();
  const std::array columns{SqlColumn::integers("offer_id", batch.id),
                           SqlColumn::constant("account_id", account),
                           SqlColumn::texts("offer_key", batch.texts[0]),
                           SqlColumn::texts("listing", batch.texts[1]),
                           SqlColumn::texts("article", batch.texts[2]),
                           SqlColumn::texts("title", batch.texts[3]),
                           SqlColumn::texts("brand", batch.texts[4]),
                           SqlColumn::texts("size", batch.texts[5]),
                           SqlColumn::constant("state", static_cast<std::int64_t>(OfferState::listed)),
                           SqlColumn::integers("content_hash", batch.content_hash)};
  STK_TRY(tx.bulk_upsert("offer", conflict, columns));
  if (batch.barcode.empty()) return success();
  const std::array barcodes{SqlColumn::integers("offer_id", batch.barcode_offer),
                            SqlColumn::texts("barcode", batch.barcode)};
  // A size may carry one barcode twice: the set is what counts.
  STK_TRY(tx.bulk_upsert("offer_barcode", OnConflict::ignore, barcodes));
  return success();
}

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

Result<CatalogueApplied> apply_catalogue(Transaction& tx, const CatalogueAnswer& answer, OfferIndex& index) {
  CatalogueApplied applied;
  const Catalogue& catalogue = *answer.catalogue;
  const std::size_t known_before = index.size();
  std::int64_t listed_before = 0;
  for (std::size_t at = 0; at < known_before; ++at) {
    if (index.at(at).state == OfferState::listed) ++listed_before;
  }

  // The last telling of a key counts: walk backwards, take the first of each.
  OfferBatch added;
  OfferBatch changed;
  std::vector<std::int64_t> relisted;  // whose details are as they were
  std::vector<std::string_view> barcodes;
  std::int64_t next_id = 0;
  for (std::size_t at = catalogue.size(); at-- > 0;) {
    const std::string_view key = catalogue.key(at);
    std::size_t found = index.find(key);
    if (found != OfferIndex::kNone && index.at(found).seen) continue;
    if (found == OfferIndex::kNone) {
      if (index.numeric() && canonical_number(key) < 0) {
        return Error(Errc::vendor_schema, "an offer key is not the number that the channel promises")
            .about("offer.key");
      }
      if (next_id == 0) {
        STK_TRY(next_id, next_offer_id(tx));
      }
      found = index.add(key, KnownOffer{next_id++, 0, OfferState::listed, false});
      added.add(index.at(found).id, catalogue.content_hash(at), catalogue.row(at, barcodes));
      ++applied.changes.added;
    } else if (!catalogue.details_known(at)) {
      const bool listed = index.at(found).state == OfferState::listed;
      if (!listed) relisted.push_back(index.at(found).id);
      ++(listed ? applied.changes.unchanged : applied.changes.changed);
    } else if (index.at(found).content_hash != catalogue.content_hash(at) ||
               index.at(found).state != OfferState::listed) {
      changed.add(index.at(found).id, catalogue.content_hash(at), catalogue.row(at, barcodes));
      ++applied.changes.changed;
    } else {
      ++applied.changes.unchanged;
    }
    index.at(found).seen = true;
  }

  for (const std::string& key : answer.odd) {
    if (const std::size_t found = index.find(key); found != OfferIndex::kNone) index.at(found).seen = true;
  }
  std::vector<std::size_t> vanished;
  for (std::size_t at = 0; at < known_before && !answer.silence_means_nothing; ++at) {
    if (!index.at(at).seen && index.at(at).state == OfferState::listed) vanished.push_back(at);
  }
  applied.listed_before = listed_before;
  applied.changes.zeroed = static_cast<std::int64_t>(vanished.size());
  applied.changes.changed += applied.changes.zeroed;
  if (!answer.accept_mass_zero &&
      is_mass_zero(answer.guard, listed_before, applied.changes.zeroed, answer.first_load)) {
    applied.held = true;
    applied.note = "would drop " + std::to_string(vanished.size()) + " of " + std::to_string(listed_before) + " offers";
    index.truncate(known_before);
    return applied;
  }

  const std::string account = answer.account.text();
  STK_TRY(write(tx, account, added, OnConflict::fail));
  for (const std::int64_t id : changed.id) {
    STK_TRY(tx.execute(kForgetBarcodes, {id}));
  }
  STK_TRY(write(tx, account, changed, OnConflict::update));
  for (const std::int64_t id : relisted) {
    STK_TRY(tx.execute(kSetState, {id, static_cast<std::int64_t>(OfferState::listed)}));
  }
  for (const std::size_t at : vanished) {
    STK_TRY(tx.execute(kSetState, {index.at(at).id, static_cast<std::int64_t>(OfferState::vanished)}));
    index.at(at).state = OfferState::vanished;
  }
  return applied;
}

}  // namespace stocktracker::inline v0::inventory
