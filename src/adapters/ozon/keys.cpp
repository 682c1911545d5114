#include "adapters/ozon/keys.hpp"

#include <algorithm>

namespace stocktracker::inline v0::ozon {

Result<std::shared_ptr<Keys>> Keys::make(const Credentials& credentials) {
  constexpr std::size_t kLongest = 1'024;
  const Secret* id = credentials.find(kClientIdPart);
  const Secret* key = credentials.find(kApiKeyPart);
  if (id == nullptr || id->reveal().empty()) {
    return Error(Errc::credentials_missing, "Ozon needs a Client-Id").about(kClientIdPart);
  }
  if (key == nullptr || key->reveal().empty()) {
    return Error(Errc::credentials_missing, "Ozon needs an Api-Key").about(kApiKeyPart);
  }
  const std::string_view digits = id->reveal();
  if (digits.size() > 20 || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return Error(Errc::invalid_argument, "a Client-Id is digits").about(kClientIdPart);
  }
  const std::string_view text = key->reveal();
  if (text.size() > kLongest || !std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; })) {
    return Error(Errc::invalid_argument, "the Api-Key is too long or holds characters that no key has")
        .about(kApiKeyPart);
  }
  auto keys = std::make_shared<Keys>();
  keys->client_id_ = digits;
  keys->api_key_ = key->clone();
  return keys;
}

Result<void> Keys::authorize(HttpRequest& request, Instant) {
  request.secret_headers.push_back({"Client-Id", Secret::copy_of(client_id_)});
  request.secret_headers.push_back({"Api-Key", api_key_.clone()});
  request.quota.owner = client_id_;
  return success();
}

}  // namespace stocktracker::inline v0::ozon
