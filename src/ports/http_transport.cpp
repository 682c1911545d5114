// Finds headers by name; names of methods and reaches.
#include <stocktracker/ports/http_transport.hpp>

#include <algorithm>

namespace stocktracker::inline v0 {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

HttpTransport::~HttpTransport() = default;

const char* to_string(HttpMethod method) noexcept {
  switch (method) {
    case HttpMethod::get:
      return "GET";
    case HttpMethod::post:
      return "POST";
    case HttpMethod::put:
      return "PUT";
    case HttpMethod::patch:
      return "PATCH";
    case HttpMethod::del:
      return "DELETE";
  }
  return "GET";
}

const char* to_string(Reach reach) noexcept { return reach == Reach::anywhere ? "anywhere" : "public_internet"; }

std::optional<std::string_view> HttpResponse::header(std::string_view name) const noexcept {
  for (const HttpHeader& header : headers) {
    if (std::equal(name.begin(), name.end(), header.name.begin(), header.name.end(),
                   [](char a, char b) { return lower(a) == lower(b); })) {
      return header.value;
    }
  }
  return std::nullopt;
}

}  // namespace stocktracker::inline v0
