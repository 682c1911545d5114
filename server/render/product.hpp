// Products across marketplaces, and offers that a person has to decide, as JSON and as tables.
#pragma once

#include <cstdint>
#include <string>

#include "server/app/products.hpp"
#include "server/render/sink.hpp"

namespace server {

// One product per row, one account per column, at most `most` rows. Returns the number of products that were left out.
std::int64_t side_by_side_as_table(const ProductView& view, int most, Sink& sink);
// Offers for review, at most `most` of them.
void review_as_table(const ProductView& view, int most, Sink& sink);
// An object with products and offers for review.
[[nodiscard]] std::string to_json(const ProductView& view);

}  // namespace server
