/// @file
/// Postings: each product of a posting is a line of an order.
#pragma once

#include <optional>
#include <string_view>

#include "adapters/ozon/calls.hpp"
#include "adapters/ozon/returns.hpp"

namespace stocktracker::inline v0::ozon {

/// What a list of postings is read with.
struct PostingReading {
  StockKind kind = StockKind::fbo;
  const Returns& returns;
  Instant until = Instant::latest();  ///< nothing was ordered later
  PageWatch* watch = nullptr;         ///< sees each posting, one without lines too
};

struct PostingPage {
  NextPage next{};
  std::optional<Instant> newest{};  ///< when its newest order was made; nullopt: no posting has a date
  std::optional<Instant> oldest{};  ///< the first of the moments by which all that is known of a posting had happened
  Duration delay{};                 ///< the longest from an order to the beginning of its processing
};

/// What a status of FBO's or FBS's postings means; unknown for one that is newer than this.
[[nodiscard]] OrderStatus status_of(std::string_view word) noexcept;

/// A page of postings, into the sink. Rows that cannot be read are reported with their posting.
[[nodiscard]] Result<PostingPage> decode_postings(std::string_view body, const PostingReading& reading,
                                                  OrderSink& sink);

}  // namespace stocktracker::inline v0::ozon
