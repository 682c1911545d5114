// Authorizes requests with the pair.
#include "adapters/ozon/keys.hpp"

#include <algorithm>

namespace stocktracker::inline v0::ozon {

Result<std::shared_ptr<Keys>> Keys::make(const Credentials& credentials) {
  STK_TRY(const Secret* id, header_part(credentials, kClientIdPart, "Client-Id"));
  STK_TRY(const Secret* key, header_part(credentials, kApiKeyPart, "Api-Key"));
  const std::string_view digits = id->reveal();
  if (digits.size() > 20 || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return Error(Errc::invalid_argument, "a Client-Id consists of digits").about(kClientIdPart);
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
