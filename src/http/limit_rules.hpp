// Which rules of a LimitTable apply to a request, and which tables can be used.
#pragma once

#include <string_view>

#include <stocktracker/http/limits.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

[[nodiscard]] bool applies(const LimitRule& rule, const QuotaTag& tag, std::string_view operation) noexcept;

/// Errc::invalid_argument, field quota.category, if the vendor has limits and none of them applies to the request: it
/// would be sent without any, because its category is misspelt or missing in the table. A vendor without limits has
/// none.
[[nodiscard]] Result<void> check_limited(const LimitTable& table, const QuotaTag& tag, std::string_view operation);

/// For tables that programs and connectors write as values. Errc::invalid_argument that lists all problems: what cannot
/// be counted would limit nothing.
[[nodiscard]] Result<void> check_table(const LimitTable& table);

}  // namespace stocktracker::inline v0
