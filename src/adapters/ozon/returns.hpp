/// Returns: units that did not stay with the buyer, by order line.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "adapters/ozon/calls.hpp"

namespace stocktracker::inline v0::ozon {

/// The returns of one line.
struct ReturnedUnits {
  std::int64_t given_back = 0;  ///< the buyer had them (ClientReturn)
  std::int64_t refused = 0;     ///< the buyer did not take them (FullReturn, PartialReturn)
  Instant at{};                 ///< the last of the dates
};

struct Returns {
  std::map<std::string, ReturnedUnits, std::less<>> lines;
  HashSet ids;  ///< of returns that were counted: pages may repeat rows at their borders
};

/// The identity of a line: the units of a product in a posting.
[[nodiscard]] std::string line_key(std::string_view posting, std::int64_t sku);

/// Decodes a page of returns; the next page begins after the last id. Rows that cannot be read are reported with their
/// posting.
[[nodiscard]] Result<NextPage> decode_returns(std::string_view body, AnswerSink& odd, PageWatch& watch, Returns& into);

/// Everything that came back in [from, until].
[[nodiscard]] Result<Returns> fetch_returns(const Calls& calls, Instant from, Instant until, AnswerSink& odd,
                                            const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
