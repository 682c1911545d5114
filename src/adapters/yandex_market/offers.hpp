/// Reads and decodes the catalogue.
#pragma once

#include <string>
#include <string_view>

#include "adapters/yandex_market/calls.hpp"

namespace stocktracker::inline v0::yandex_market {

/// Decodes one page into the sink.
[[nodiscard]] Result<NextPage> decode_offer_mappings(std::string_view body, OfferSink& sink);
[[nodiscard]] Result<void> list_offers(const Calls& calls, std::int64_t business, OfferSink& sink,
                                       const CallContext& context);

}  // namespace stocktracker::inline v0::yandex_market
