// Finds headers by name; names of methods and reaches.
#include <stocktracker/ports/http_transport.hpp>

#include <algorithm>

#include "core/ascii.hpp"

namespace stocktracker::inline v0 {
HttpTransport::~HttpTransport() = default;

HttpRequest HttpRequest::clone() const {
  HttpRequest copy;
  copy.method = method;
  copy.url = url;
  copy.headers = headers;
  for (const SecretHeader& header : secret_headers) {
    copy.secret_headers.push_back({header.name, header.value.clone()});
  }
  copy.body = body;
  copy.operation = operation;
  copy.quota = quota;
  copy.cost = cost;
  copy.idempotency = idempotency;
  copy.reach = reach;
  copy.max_body = max_body;
  return copy;
}

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
                   [](char a, char b) { return ascii_lower(a) == ascii_lower(b); })) {
      return header.value;
    }
  }
  return std::nullopt;
}

}  // namespace stocktracker::inline v0
