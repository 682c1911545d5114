/// OfferIndex: finds the row of an offer by the channel's key, in memory, for one account.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/offer.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

struct KnownOffer {
  std::int64_t id = 0;
  std::int64_t content_hash = 0;
  OfferState state = OfferState::listed;
  bool seen = false;  ///< named by the catalogue that is being applied
};

/// Open addressing over 64-bit words: the key itself where keys are numbers, a hash that is checked against the text
/// where they are texts.
class OfferIndex {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  explicit OfferIndex(bool numeric_keys) : numeric_(numeric_keys) {}

  [[nodiscard]] bool numeric() const noexcept { return numeric_; }
  [[nodiscard]] std::size_t size() const noexcept { return offers_.size(); }
  [[nodiscard]] KnownOffer& at(std::size_t position) noexcept { return offers_[position]; }
  [[nodiscard]] const KnownOffer& at(std::size_t position) const noexcept { return offers_[position]; }

  [[nodiscard]] std::size_t find(std::int64_t number) const noexcept;
  [[nodiscard]] std::size_t find(std::string_view text) const noexcept;
  /// The key must not be in the index; in a numeric index its text must be canonical (see `canonical_number`).
  std::size_t add(std::int64_t number, const KnownOffer& offer);
  std::size_t add(std::string_view text, const KnownOffer& offer);
  /// Removes the offers that were added last, until `size` are left.
  void truncate(std::size_t size);

 private:
  [[nodiscard]] std::size_t slot_of(std::uint64_t word, std::string_view text) const noexcept;
  std::size_t insert(std::uint64_t word, std::string_view text, const KnownOffer& offer);
  void rehash(std::size_t slots);
  [[nodiscard]] std::string_view text_at(std::size_t position) const noexcept;

  bool numeric_;
  std::vector<std::uint32_t> slots_;  // position + 1; 0 is free
  std::vector<std::uint64_t> words_;
  std::vector<KnownOffer> offers_;
  std::string texts_;
  std::vector<std::size_t> text_ends_;
};

/// The number that a decimal key without sign or leading zeros stands for; -1 for any other text.
[[nodiscard]] std::int64_t canonical_number(std::string_view text) noexcept;

/// All offers of the account.
[[nodiscard]] Result<OfferIndex> load_offer_index(Transaction& tx, const AccountId& account, bool numeric_keys);

/// The first id for new rows of `offer`; the caller counts on from there within the transaction.
[[nodiscard]] Result<std::int64_t> next_offer_id(Transaction& tx);

}  // namespace stocktracker::inline v0::inventory
