/// @file
/// Pages of the card list.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <stocktracker/marketplace/connector.hpp>

namespace stocktracker::inline v0::wildberries {

/// Where the next page begins; copied from the last answer.
struct CardCursor {
  std::string updated_at;
  std::int64_t nm_id = 0;
  std::int64_t total = 0;  ///< cards in the answer it came with
};

/// Gives every size of every card to the sink, as an offer each.
[[nodiscard]] Result<CardCursor> decode_cards_page(std::string body, OfferSink& sink);

/// The request's body; `from` is null for the first page.
[[nodiscard]] std::string cards_request(int limit, const CardCursor* from);

/// Asks for the card that was changed last: the one at which the list ends.
[[nodiscard]] std::string newest_card_request();

}  // namespace stocktracker::inline v0::wildberries
