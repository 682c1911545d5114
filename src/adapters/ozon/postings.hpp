/// Postings: each product of a posting is a line of an order.
#pragma once

#include <optional>
#include <string_view>

#include "adapters/ozon/calls.hpp"
#include "adapters/ozon/returns.hpp"

namespace stocktracker::inline v0::ozon {

/// Input for reading a list of postings.
struct PostingReading {
  StockKind kind = StockKind::fbo;
  const Returns& returns;
  Instant until = Instant::latest();  ///< nothing was ordered later
  PageWatch* watch = nullptr;         ///< sees each posting, also those without lines
};

struct PostingPage {
  NextPage next{};
  std::optional<Instant> newest{};  ///< when its newest order was made; nullopt: no posting has a date
  std::optional<Instant> oldest{};  ///< the first time before which everything known about a posting had happened
  Duration delay{};                 ///< the longest from an order to the beginning of its processing
};

/// The meaning of a status of FBO or FBS postings; unknown for one that this version does not know.
[[nodiscard]] OrderStatus status_of(std::string_view word) noexcept;

/// Decodes a page of postings into the sink. Rows that cannot be read are reported with their posting.
[[nodiscard]] Result<PostingPage> decode_postings(std::string_view body, const PostingReading& reading,
                                                  OrderSink& sink);

}  // namespace stocktracker::inline v0::ozon
