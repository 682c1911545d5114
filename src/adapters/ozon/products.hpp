/// @file
/// Products: the list of ids, and what each is.
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

/// Adds the page's products; where the next page begins is its last_id.
[[nodiscard]] Result<NextPage> decode_product_list(std::string_view body, AnswerSink& odd,
                                                   std::vector<ListedProduct>& into);

/// The products of one request, with what the answer knows of them: one that it leaves out, or whose card cannot be
/// read, has its ids alone and OfferRow::details_known false.
[[nodiscard]] Result<void> decode_product_info(std::string_view body, std::span<const ListedProduct> asked,
                                               OfferSink& sink);

/// Everything but the archive, into the sink, which may be null; returns the articles, sorted. Two products of one
/// article are Errc::vendor_contradiction.
[[nodiscard]] Result<std::vector<std::string>> read_products(const Calls& calls, OfferSink* sink,
                                                             const CallContext& context);
/// The articles of archived products, sorted: they may have stock with Ozon still.
[[nodiscard]] Result<std::vector<std::string>> read_archive(const Calls& calls, const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
