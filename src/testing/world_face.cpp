#include "testing/world_face.hpp"

#include <algorithm>
#include <utility>

namespace stocktracker::inline v0::testing::world {
namespace {

bool same_name(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

Face::~Face() = default;

std::string_view path_of(std::string_view url) noexcept {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    const std::size_t slash = url.find('/', scheme + 3);
    url = slash == std::string_view::npos ? std::string_view("/") : url.substr(slash);
  }
  return url.substr(0, url.find_first_of("?#"));
}

std::string_view parameter_of(std::string_view url, std::string_view name) noexcept {
  const std::size_t mark = url.find('?');
  if (mark == std::string_view::npos) return {};
  std::string_view query = url.substr(mark + 1);
  query = query.substr(0, query.find('#'));
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    if (one.starts_with(name) && one.size() > name.size() && one[name.size()] == '=') {
      return one.substr(name.size() + 1);
    }
  }
  return {};
}

bool fits(std::string_view route, std::string_view path) noexcept {
  const std::size_t hole = route.find("{}");
  if (hole == std::string_view::npos) return route == path;
  const std::string_view before = route.substr(0, hole);
  const std::string_view after = route.substr(hole + 2);
  if (!path.starts_with(before) || !path.ends_with(after) || path.size() <= before.size() + after.size()) return false;
  return path.substr(before.size(), path.size() - before.size() - after.size()).find('/') == std::string_view::npos;
}

std::string_view header_of(const HttpRequest& request, std::string_view name) noexcept {
  for (const SecretHeader& header : request.secret_headers) {
    if (same_name(header.name, name)) return header.value.reveal();
  }
  for (const HttpHeader& header : request.headers) {
    if (same_name(header.name, name)) return header.value;
  }
  return {};
}

HttpResponse json_answer(int status, std::string body, std::string_view type) {
  HttpResponse response;
  response.status = status;
  response.headers.push_back({"Content-Type", std::string(type)});
  body.reserve(body.size() + kBodyPadding);
  response.body = std::move(body);
  return response;
}

void spoil(std::string& body, const Hit& hit) {
  if (hit.unknown_fields) body = with_unknown_fields(body);
  if (hit.wrong_types) body = with_wrong_types(std::move(body));
  if (hit.broken_json) body = without_its_end(std::move(body));
  body.reserve(body.size() + kBodyPadding);
}

}  // namespace stocktracker::inline v0::testing::world
