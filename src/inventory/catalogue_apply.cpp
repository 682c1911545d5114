// Applies a catalogue: writes new and changed offers, marks vanished ones.
#include "inventory/catalogue_apply.hpp"

#include <array>

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kSetState{"offer.set_state", "UPDATE offer SET state = $2 WHERE offer_id = $1"};
constexpr Statement kForgetBarcodes{"offer_barcode.forget", "DELETE FROM offer_barcode WHERE offer_id = $1"};

/// Offers to write, column by column.
struct OfferBatch {
  std::vector<std::int64_t> id;
  std::vector<std::int64_t> content_hash;
  std::array<std::vector<std::string_view>, 6> texts;  // key, listing, article, title, brand, size
  std::vector<std::int64_t> barcode_offer;
  std::vector<std::string_view> barcode;

  void add(std::int64_t offer_id, std::int64_t hash, const OfferRow& row) {
    id.push_back(offer_id);
    content_hash.push_back(hash);
    const std::array fields{row.key, row.listing, row.article, row.title, row.brand, row.size};
    for (std::size_t i = 0; i < fields.size(); ++i) texts[i].push_back(fields[i]);
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
  // A size may list one barcode twice: it is stored once.
  STK_TRY(tx.bulk_upsert("offer_barcode", OnConflict::ignore, barcodes));
  return success();
}

/// What an answer changes, before anything is written.
struct Difference {
  OfferBatch added;
  OfferBatch changed;
  std::vector<std::int64_t> relisted;  // offers that are listed again; their details are unchanged
  std::vector<std::size_t> vanished;   // places in the index
};

std::int64_t count_listed(const OfferIndex& index, std::size_t known) {
  std::int64_t listed = 0;
  for (std::size_t at = 0; at < known; ++at) {
    if (index.at(at).state == OfferState::listed) ++listed;
  }
  return listed;
}

/// Compares each row with what is known, and enters new offers in the index. If a key occurs several times, the last
/// row counts: read backwards and take the first row of each key.
Result<void> compare(Transaction& tx, const Catalogue& catalogue, OfferIndex& index, Difference& difference,
                     SourceChanges& changes) {
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
      difference.added.add(index.at(found).id, catalogue.content_hash(at), catalogue.row(at, barcodes));
      ++changes.added;
    } else if (!catalogue.details_known(at)) {
      const bool listed = index.at(found).state == OfferState::listed;
      if (!listed) difference.relisted.push_back(index.at(found).id);
      ++(listed ? changes.unchanged : changes.changed);
    } else if (index.at(found).content_hash != catalogue.content_hash(at) ||
               index.at(found).state != OfferState::listed) {
      difference.changed.add(index.at(found).id, catalogue.content_hash(at), catalogue.row(at, barcodes));
      ++changes.changed;
    } else {
      ++changes.unchanged;
    }
    index.at(found).seen = true;
  }
  return success();
}

/// Offers that were listed and are not in the answer.
std::vector<std::size_t> vanished_of(const CatalogueAnswer& answer, OfferIndex& index, std::size_t known) {
  for (const std::string& key : answer.odd) {
    if (const std::size_t found = index.find(key); found != OfferIndex::kNone) index.at(found).seen = true;
  }
  std::vector<std::size_t> vanished;
  for (std::size_t at = 0; at < known && !answer.silence_means_nothing; ++at) {
    if (!index.at(at).seen && index.at(at).state == OfferState::listed) vanished.push_back(at);
  }
  return vanished;
}

/// The texts of the offers before they change.
Result<ProductChanges> changes_of(Transaction& tx, const Difference& difference, const OfferIndex& index) {
  ProductChanges changes;
  const std::size_t count = difference.added.id.size() + difference.changed.id.size() + difference.relisted.size() +
                            difference.vanished.size();
  if (count > ProductChanges::kMostOffers) {
    changes.everything = true;
    return changes;
  }
  for (const std::int64_t id : difference.added.id) changes.offers.push_back({id});
  std::vector<std::int64_t> known = difference.changed.id;
  known.insert(known.end(), difference.relisted.begin(), difference.relisted.end());
  for (const std::size_t at : difference.vanished) known.push_back(index.at(at).id);
  for (const std::int64_t id : known) {
    STK_TRY(auto before, read_before(tx, id));
    changes.offers.push_back(std::move(before));
  }
  return changes;
}

Result<void> write(Transaction& tx, const std::string& account, const Difference& difference, OfferIndex& index) {
  STK_TRY(write(tx, account, difference.added, OnConflict::fail));
  for (const std::int64_t id : difference.changed.id) {
    STK_TRY(tx.execute(kForgetBarcodes, {id}));
  }
  STK_TRY(write(tx, account, difference.changed, OnConflict::update));
  for (const std::int64_t id : difference.relisted) {
    STK_TRY(tx.execute(kSetState, {id, static_cast<std::int64_t>(OfferState::listed)}));
  }
  for (const std::size_t at : difference.vanished) {
    STK_TRY(tx.execute(kSetState, {index.at(at).id, static_cast<std::int64_t>(OfferState::vanished)}));
    index.at(at).state = OfferState::vanished;
  }
  return success();
}

}  // namespace

Result<CatalogueApplied> apply_catalogue(Transaction& tx, const CatalogueAnswer& answer, OfferIndex& index) {
  CatalogueApplied applied;
  const std::size_t known_before = index.size();
  applied.listed_before = count_listed(index, known_before);
  Difference difference;
  STK_TRY(compare(tx, *answer.catalogue, index, difference, applied.changes));
  difference.vanished = vanished_of(answer, index, known_before);
  applied.changes.zeroed = static_cast<std::int64_t>(difference.vanished.size());
  applied.changes.changed += applied.changes.zeroed;
  if (!answer.accept_mass_zero &&
      is_mass_zero(answer.guard, applied.listed_before, applied.changes.zeroed, answer.first_load)) {
    applied.held = true;
    applied.note = "would drop " + std::to_string(difference.vanished.size()) + " of " +
                   std::to_string(applied.listed_before) + " offers";
    index.truncate(known_before);
    return applied;
  }
  STK_TRY(applied.products, changes_of(tx, difference, index));
  STK_TRY(write(tx, answer.account.text(), difference, index));
  return applied;
}

}  // namespace stocktracker::inline v0::inventory
