/// Pages of the card list.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/wildberries/calls.hpp"
#include "marketplace/page_watch.hpp"

namespace stocktracker::inline v0::wildberries {

/// Where the next page begins; copied from the last answer.
struct CardCursor {
  std::string updated_at{};
  std::int64_t nm_id = 0;
  std::int64_t total = 0;  ///< cards in the answer that it came with
};

/// Passes every size of every card to the sink as an offer, and every card to the watch. A size that cannot be read is
/// reported; so is each size of a card that cannot be read.
[[nodiscard]] Result<CardCursor> decode_cards_page(std::string body, OfferSink& sink, PageWatch& watch);

/// The request's body; `from` is null for the first page.
[[nodiscard]] std::string cards_request(int limit, const CardCursor* from);

/// Requests the card that changed last: the list ends with it.
[[nodiscard]] std::string newest_card_request();

/// Reads the complete list. Errc::vendor_contradiction if it continues without new rows.
[[nodiscard]] Result<void> read_cards(const Calls& calls, OfferSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::wildberries
