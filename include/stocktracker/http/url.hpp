/// @file
/// Percent-encoding of URLs (RFC 3986), and UrlQuery, which appends parameters to a URL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// The text for a segment of a path, or for a name or value of a query: all bytes but letters, digits and `-._~` as
/// %XX. The dot segments `.` and `..` stay as they are, because no encoding changes their meaning. To put a text from
/// outside into a path, use encode_segment.
[[nodiscard]] STK_API std::string percent_encode(std::string_view text);

/// percent_encode for a segment of a path. Errc::invalid_argument for an empty text, `.` and `..`, which would lead to
/// another resource.
[[nodiscard]] STK_API Result<std::string> encode_segment(std::string_view text);

/// The bytes that percent_encode has encoded. Every other character stays as it is, `+` as well. Errc::invalid_text for
/// a `%` without two hexadecimal digits.
[[nodiscard]] STK_API Result<std::string> percent_decode(std::string_view text);

/// Builds a URL with a query; names and values are encoded.
///
/// @code
/// st::HttpRequest request;
/// request.url = st::UrlQuery("https://shop.example/stock").add("page", "2").add("after", "a/b").url();
/// // https://shop.example/stock?page=2&after=a%2Fb
/// @endcode
class STK_API UrlQuery {
 public:
  /// `url` may have a query already, but no fragment.
  explicit UrlQuery(std::string url);
  UrlQuery& add(std::string_view name, std::string_view value);
  UrlQuery& add(std::string_view name, std::int64_t value);
  [[nodiscard]] const std::string& url() const noexcept { return url_; }

 private:
  std::string url_;
};

}  // namespace stocktracker::inline v0
