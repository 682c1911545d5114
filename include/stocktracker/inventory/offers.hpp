/// @file
/// Offers: the catalogue, as stored; listings.hpp says which offers are the same product.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/marketplace/offer.hpp>

namespace stocktracker::inline v0 {

/// An offer of an account. Identity: (account, offer.key).
struct CatalogueOffer {
  AccountId account;
  Offer offer;
  std::vector<std::string> barcodes;  ///< sorted
};

/// Empty fields do not filter; an offer must pass all filters. Texts are compared byte by byte: a similar text, or one
/// with other capital letters, never counts as equal. A text that is not UTF-8 or contains a zero byte is
/// Errc::invalid_argument.
struct OfferQuery {
  std::optional<AccountId> account{};
  std::optional<OfferState> state{};
  std::string offer{};    ///< the channel's key of the offer, exactly
  std::string article{};  ///< the seller's article, exactly
  std::string barcode{};  ///< one of the offer's barcodes, exactly
  std::string title{};    ///< a part of the title; reads the titles of all offers that pass the other filters
  int page_size = 1'000;  ///< 1 to 10,000
  std::string after{};    ///< continue after this cursor (Pages::cursor)

  [[nodiscard]] STK_API Result<void> validate() const;
};

class InventoryCore;

/// Handle; cheap to copy, thread-safe. Works on the context's tenant.
///
/// @code
/// auto offers = engine.offers().list({.account = account.id, .title = "mug"});
/// while (auto row = offers.next()) {
///   STK_TRY(const st::CatalogueOffer& one, *row);
///   std::printf("%s %s\n", one.offer.article.c_str(), one.offer.title.c_str());
/// }
/// @endcode
class STK_API Offers {
 public:
  explicit Offers(std::shared_ptr<InventoryCore> core) noexcept : core_(std::move(core)) {}

  /// By account, then the offer's key. Offers of every state, also vanished ones, unless the query names a state. The
  /// list continues after a cursor; each page is one snapshot. Errc::not_found if the account does not exist.
  [[nodiscard]] Pages<CatalogueOffer> list(OfferQuery query = {}, const CallContext& context = {}) const;

 private:
  std::shared_ptr<InventoryCore> core_;
};

}  // namespace stocktracker::inline v0
