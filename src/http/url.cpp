// Percent-encoding, and parameters of a URL.
#include <stocktracker/http/url.hpp>

#include <utility>

namespace stocktracker::inline v0 {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEF";

/// Characters that mean the same encoded or not (RFC 3986, section 2.3).
bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

/// The value of a hexadecimal digit, or 16.
unsigned digit_value(char c) noexcept {
  if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  const std::size_t at = kDigits.find(c);
  return at == std::string_view::npos ? 16 : static_cast<unsigned>(at);
}

void append_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0x0FU];
  }
}

}  // namespace

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_encoded(out, text);
  return out;
}

Result<std::string> encode_segment(std::string_view text) {
  if (text.empty() || text == "." || text == "..") {
    return Error(Errc::invalid_argument, "a segment of a path must not be empty, . or ..").about("segment");
  }
  return percent_encode(text);
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    const unsigned high = at + 2 < text.size() ? digit_value(text[at + 1]) : 16;
    const unsigned low = high < 16 ? digit_value(text[at + 2]) : 16;
    if (low == 16) return Error(Errc::invalid_text, "a % is followed by no two hexadecimal digits");
    out += static_cast<char>(high << 4U | low);
    at += 2;
  }
  return out;
}

UrlQuery::UrlQuery(std::string url) : url_(std::move(url)) {}

UrlQuery& UrlQuery::add(std::string_view name, std::string_view value) {
  const std::size_t query = url_.find('?');
  if (query == std::string::npos) {
    url_ += '?';
  } else if (url_.back() != '?' && url_.back() != '&') {
    url_ += '&';
  }
  append_encoded(url_, name);
  url_ += '=';
  append_encoded(url_, value);
  return *this;
}

UrlQuery& UrlQuery::add(std::string_view name, std::int64_t value) { return add(name, std::to_string(value)); }

}  // namespace stocktracker::inline v0
