/// @file
/// Products across accounts, as stored: values and queries of Listings::products. offer_match.hpp defines what one
/// product is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/inventory/offers.hpp>
#include <stocktracker/inventory/position.hpp>

namespace stocktracker::inline v0 {

/// Why the offers of a product are one product. See match_offers.
enum class ProductMatch : unsigned char {
  none,     ///< the product is a single offer that matches no other one, or more than one: for review
  person,   ///< a person decided it
  barcode,  ///< equal barcodes
  article,  ///< equal articles
};
[[nodiscard]] STK_API const char* to_string(ProductMatch match) noexcept;

/// An offer of a product, with its stock now.
struct ProductOffer {
  CatalogueOffer listed;
  StockTotal stock;  ///< as Stock::total of this offer; observed_at: of the least fresh source with a position of it
};

/// @code
/// auto page = engine.listings().products({.barcode = "4600000000017"});
/// while (auto row = page.next()) {
///   STK_TRY(const st::Product& product, *row);
///   std::printf("%zu offers, %lld units at marketplaces\n", product.offers.size(),
///               static_cast<long long>(product.fbo.units()));
/// }
/// @endcode
struct Product {
  ProductMatch match = ProductMatch::none;
  std::string name;                  ///< the product that a person assigned; empty unless match is `person`
  std::vector<ProductOffer> offers;  ///< all offers of the product, by account and key; none has vanished
  /// Units in warehouses of marketplaces, of all offers. Units in the seller's own warehouses (FBS) are not added up:
  /// the same units are often for sale on several marketplaces. They are in `offers`.
  Quantity fbo;
  std::int64_t unknown = 0;  ///< positions without a value; not in the sum
};

/// Empty fields do not filter. A product is in the list if one of its offers passes all filters; it is listed with all
/// its offers. Texts are compared byte by byte; one that is not UTF-8 or contains a zero byte is
/// Errc::invalid_argument.
struct ProductQuery {
  std::optional<AccountId> account{};
  std::optional<ProductMatch> match{};
  std::string article{};  ///< the seller's article, exactly
  std::string barcode{};  ///< one of the offer's barcodes, exactly
  std::string title{};    ///< a part of the title; reads the titles of all offers that pass the other filters
  int page_size = 100;    ///< 1 to 10,000 products
  std::string after{};    ///< continue after this cursor (Pages::cursor)

  [[nodiscard]] STK_API Result<void> validate() const;
};

}  // namespace stocktracker::inline v0
