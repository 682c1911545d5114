/// The statements that read a page of products: one pair for each way to find the page's products.
#pragma once

#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// Both have the same parameters. $1: the product before the page. $2: products of a page.
struct ProductStatements {
  Statement offers;  ///< by product, account, key and barcode
  Statement stock;   ///< sums of the offers' positions that are alike
};

// The page is cut before offers, barcodes and levels are joined, because a product has several.
#define STK_PRODUCT_OFFERS(ids)                                                                                 \
  "SELECT p.product_id, p.matched_by, l.product, o.offer_id, o.account_id, o.offer_key, o.listing, o.article, " \
  "o.title, o.brand, o.size, o.state, b.barcode FROM (" ids                                                     \
  ") f "                                                                                                        \
  "JOIN product_offer p ON p.product_id = f.product_id JOIN offer o ON o.offer_id = p.offer_id "                \
  "LEFT JOIN offer_link l ON p.matched_by = 1 AND l.account_id = o.account_id AND l.offer_key = o.offer_key "   \
  "LEFT JOIN offer_barcode b ON b.offer_id = o.offer_id "                                                       \
  "ORDER BY p.product_id, o.account_id, o.offer_key, b.barcode NULLS FIRST"
// A number above kMostUnits counts as unknown, as in stock_totals.cpp.
#define STK_PRODUCT_UNITS(column) "sum(CASE WHEN " column " <= 1000000000000 THEN " column " END)"
#define STK_PRODUCT_STOCK(ids) \
  "SELECT p.offer_id, s.kind, s.state, l.state, count(*), " STK_PRODUCT_UNITS("l.on_hand") ", "                    \
  "sum(CASE WHEN l.on_hand > 1000000000000 THEN 1 ELSE 0 END), " STK_PRODUCT_UNITS("l.to_client") ", "             \
  STK_PRODUCT_UNITS("l.from_client") ", min(s.observed_at) FROM (" ids ") f "                                      \
  "JOIN product_offer p ON p.product_id = f.product_id JOIN source s ON s.account_id = p.account_id "              \
  "JOIN level l ON l.source_id = s.source_id AND l.offer_id = p.offer_id "                                         \
  "GROUP BY p.offer_id, s.kind, s.state, l.state"
#define STK_PRODUCT_STATEMENTS(name, ids)                                      \
  {                                                                            \
    {name, STK_PRODUCT_OFFERS(ids)}, { name "_stock", STK_PRODUCT_STOCK(ids) } \
  }

#define STK_PRODUCT_IDS "SELECT DISTINCT p.product_id FROM product_offer p "
#define STK_PRODUCT_PAGE "p.product_id > $1 ORDER BY p.product_id LIMIT $2"
// $3 and $4: matches between these. $5 and $6: accounts between these. $7: a part of the title; replace() compares
// bytes in both dialects, which LIKE does not.
#define STK_PRODUCT_FILTERS                                                                      \
  "p.matched_by >= $3 AND p.matched_by <= $4 AND p.account_id >= $5 AND p.account_id <= $6 AND " \
  "($7 = '' OR replace(o.title, $7, '') <> o.title) AND "

inline constexpr ProductStatements kProducts =
    STK_PRODUCT_STATEMENTS("product.page", STK_PRODUCT_IDS "WHERE " STK_PRODUCT_PAGE);
inline constexpr ProductStatements kProductsMatched =
    STK_PRODUCT_STATEMENTS("product.page_matched", STK_PRODUCT_IDS "WHERE p.matched_by = $3 AND " STK_PRODUCT_PAGE);
inline constexpr ProductStatements kProductsOfAccount =
    STK_PRODUCT_STATEMENTS("product.page_of_account", STK_PRODUCT_IDS "WHERE p.account_id = $3 AND " STK_PRODUCT_PAGE);
inline constexpr ProductStatements kProductsFiltered =
    STK_PRODUCT_STATEMENTS("product.page_filtered", STK_PRODUCT_IDS
                           "JOIN offer o ON o.offer_id = p.offer_id WHERE " STK_PRODUCT_FILTERS STK_PRODUCT_PAGE);
inline constexpr ProductStatements kProductsOfArticle = STK_PRODUCT_STATEMENTS(
    "product.page_of_article", STK_PRODUCT_IDS
    "JOIN offer o ON o.offer_id = p.offer_id WHERE o.article = $8 AND " STK_PRODUCT_FILTERS STK_PRODUCT_PAGE);
// $8: the article, or an empty text.
inline constexpr ProductStatements kProductsOfBarcode = STK_PRODUCT_STATEMENTS(
    "product.page_of_barcode", STK_PRODUCT_IDS
    "JOIN offer o ON o.offer_id = p.offer_id JOIN offer_barcode c ON c.offer_id = o.offer_id WHERE "
    "c.barcode = $9 AND ($8 = '' OR o.article = $8) AND " STK_PRODUCT_FILTERS STK_PRODUCT_PAGE);

#undef STK_PRODUCT_FILTERS
#undef STK_PRODUCT_PAGE
#undef STK_PRODUCT_IDS
#undef STK_PRODUCT_STATEMENTS
#undef STK_PRODUCT_STOCK
#undef STK_PRODUCT_UNITS
#undef STK_PRODUCT_OFFERS

}  // namespace stocktracker::inline v0::inventory
