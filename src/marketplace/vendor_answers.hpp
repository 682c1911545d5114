/// Decides whether an answer of a marketplace is data or an error of the library; reads its lists row by row.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/visible_text.hpp>
#include <stocktracker/marketplace/odd_row.hpp>
#include <stocktracker/ports/http_transport.hpp>

#include "json/document.hpp"

namespace stocktracker::inline v0 {

/// The meaning of a status that differs from the table for all vendors.
struct StatusMeaning {
  int status = 0;
  Errc code = Errc::internal;
  bool retryable = false;
};

/// How a vendor refuses requests; views point to static data.
struct VendorErrors {
  std::string_view vendor{};
  std::span<const int> successes{};  ///< statuses that are data; empty: only 200
  std::span<const StatusMeaning> meanings{};
  std::string_view request_id_header{};  ///< identifies the exchange for the vendor's support
};

/// Success for an answer that is data. Otherwise the error for its status, with the vendor's own text and code from any
/// of the usual forms, and the wait. `now` turns a date of Retry-After into a wait. The message is never empty.
[[nodiscard]] Result<void> check_response(const VendorErrors& vendor, const HttpRequest& request,
                                          const HttpResponse& response, Instant now);

/// The marketplace's own time in the header Date; nullopt without one.
[[nodiscard]] std::optional<Instant> vendor_time(const HttpResponse& response);

/// Number of bytes that are shown of a vendor's text, and the longest encoding of a character.
inline constexpr std::size_t kShownBytes = 300;
inline constexpr std::size_t kLongestCharacter = 4;

/// A vendor's text for operators: cut between characters, on one line (see `visible`), and valid UTF-8, because a
/// proxy's page may have another encoding and PostgreSQL refuses such texts.
[[nodiscard]] std::string shown(std::string_view text);

/// Errc::vendor_schema: a member of the current row is not as documented. `each_row` then leaves the row out.
[[nodiscard]] Error row_error(std::string_view member, std::string_view what);

/// Calls `row` for each element of the list in `holder` under the last name of `path` ("data.orders"), and returns
/// their number. For lists that are null, absent or something else see json::each_of_list. A row that `row` refuses
/// with vendor_schema is reported to the sink and left out; `key` finds its subject (OddRow::key). Other errors end the
/// reading.
[[nodiscard]] Result<std::size_t> each_row(const json::Value& holder, std::string_view path, AnswerSink& sink,
                                           FunctionRef<std::string(json::Value)> key,
                                           FunctionRef<Result<void>(json::Value)> row);

}  // namespace stocktracker::inline v0
