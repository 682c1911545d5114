/// Products: the list of ids, and the details of each.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/ozon/calls.hpp"

namespace stocktracker::inline v0::ozon {

struct ListedProduct {
  std::string offer_id;
  std::int64_t product_id = 0;
};

/// Adds the page's products; the next page begins at its last_id.
[[nodiscard]] Result<NextPage> decode_product_list(std::string_view body, AnswerSink& odd,
                                                   std::vector<ListedProduct>& into);

/// The products of one request with the details in the answer. A product that the answer leaves out, or with an
/// unreadable card, has only its ids and OfferRow::details_known false.
[[nodiscard]] Result<void> decode_product_info(std::string_view body, std::span<const ListedProduct> asked,
                                               OfferSink& sink);

/// Everything except the archive, into the sink, which may be null; returns the articles, sorted.
/// Errc::vendor_contradiction for two products with one article.
[[nodiscard]] Result<std::vector<std::string>> read_products(const Calls& calls, OfferSink* sink,
                                                             const CallContext& context);
/// The articles of archived products, sorted: Ozon may still have stock of them.
[[nodiscard]] Result<std::vector<std::string>> read_archive(const Calls& calls, const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
