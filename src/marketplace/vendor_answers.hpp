/// @file
/// What an answer of a marketplace is: data, or an error in the library's terms; and reading its lists row by row.
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

/// What a status means where a vendor departs from the table of all of them.
struct StatusMeaning {
  int status = 0;
  Errc code = Errc::internal;
  bool retryable = false;
};

/// How one vendor refuses; views point to static data.
struct VendorErrors {
  std::string_view vendor{};
  std::span<const int> successes{};  ///< statuses that are data; empty: 200 alone
  std::span<const StatusMeaning> meanings{};
  std::string_view request_id_header{};  ///< that names the exchange for the vendor's support
};

/// Success for an answer that is data; otherwise the error that its status means, with the vendor's own words and code
/// from whichever of the usual forms the body has, and how long to wait. `now` turns a date of Retry-After into a wait.
/// The message is never empty.
[[nodiscard]] Result<void> check_response(const VendorErrors& vendor, const HttpRequest& request,
                                          const HttpResponse& response, Instant now);

/// The marketplace's own time of an answer, by its Date header; nullopt where it has none.
[[nodiscard]] std::optional<Instant> vendor_time(const HttpResponse& response);

/// Bytes that are shown of a vendor's words, and the most that one character takes.
inline constexpr std::size_t kShownBytes = 300;
inline constexpr std::size_t kLongestCharacter = 4;

/// A vendor's words for operators: cut at a character's border, on one line as `visible` makes it, and valid UTF-8
/// whatever they were (a proxy's page may have another encoding; PostgreSQL refuses such texts).
[[nodiscard]] std::string shown(std::string_view text);

/// Errc::vendor_schema: a member of the row that is being read is not what it should be. Within `each_row` the row is
/// left out.
[[nodiscard]] Error row_error(std::string_view member, std::string_view what);

/// Calls `row` for each element of the list that stands in `holder` under the last name of `path` ("data.orders"), and
/// answers how many there were. Lists that are null, absent or something else: as for json::each_of_list. A row that
/// `row` refuses with vendor_schema is reported to the sink and left out; `key` finds out whom it is about
/// (OddRow::key). Other errors end the reading.
[[nodiscard]] Result<std::size_t> each_row(const json::Value& holder, std::string_view path, AnswerSink& sink,
                                           FunctionRef<std::string(json::Value)> key,
                                           FunctionRef<Result<void>(json::Value)> row);

}  // namespace stocktracker::inline v0
