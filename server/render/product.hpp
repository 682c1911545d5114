// One product across marketplaces, and what a person has to decide.
#pragma once

#include <cstdint>
#include <string>

#include "server/app/products.hpp"
#include "server/render/sink.hpp"

namespace server {

// One product a row, one account a column; at most so many rows. How many products were left out.
std::int64_t side_by_side_as_table(const ProductView& view, int most, Sink& sink);
// The offers that wait for a person, at most so many.
void review_as_table(const ProductView& view, int most, Sink& sink);
// An object of products and of offers for review.
[[nodiscard]] std::string to_json(const ProductView& view);

}  // namespace server
