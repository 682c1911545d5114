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
[[nodiscard]] Result<NextPage> decode_product_list(std::string_view body, std::vector<ListedProduct>& into);

/// The products of one request, with what the answer knows of them: one that it leaves out has its ids alone.
[[nodiscard]] Result<void> decode_product_info(std::string_view body, std::span<const ListedProduct> asked,
                                               OfferSink& sink);

/// Into the sink, which may be null; answers the offer_ids.
[[nodiscard]] Result<std::vector<std::string>> read_products(const Calls& calls, OfferSink* sink,
                                                             const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
