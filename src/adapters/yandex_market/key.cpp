// Authorizes requests with the key, and counts them for the limits of the cabinet.
#include "adapters/yandex_market/key.hpp"

#include <charconv>

#include "core/hash.hpp"

namespace stocktracker::inline v0::yandex_market {

Result<std::shared_ptr<Key>> Key::make(const Credentials& credentials) {
  STK_TRY(const Secret* const key, header_part(credentials, kApiKeyPart, "Api-Key"));
  auto made = std::make_shared<Key>();
  if (const Secret* business = credentials.find(kBusinessPart)) {
    const std::string_view digits = business->reveal();
    const char* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, made->business_);
    if (parsed.ec != std::errc() || parsed.ptr != end || made->business_ <= 0) {
      return Error(Errc::invalid_argument, "a cabinet's id is a number").about(kBusinessPart);
    }
  }
  made->key_ = key->clone();
  // Until the cabinet is known, the key identifies it.
  made->owner_ = "key " + std::to_string(hash64(key->reveal()));
  if (made->business_ != 0) made->owner_ = std::to_string(made->business_);
  return made;
}

Result<void> Key::authorize(HttpRequest& request, Instant) {
  request.secret_headers.push_back({"Api-Key", key_.clone()});
  const std::lock_guard lock(mutex_);
  request.quota.owner = owner_;
  return success();
}

void Key::belongs_to(std::int64_t business) {
  const std::lock_guard lock(mutex_);
  owner_ = std::to_string(business);
}

}  // namespace stocktracker::inline v0::yandex_market
