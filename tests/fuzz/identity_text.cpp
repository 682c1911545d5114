// E-mail addresses, API keys, base64: what is read is written as it was, or once and for all otherwise.
#include <cstdlib>

#include <stocktracker/identity/api_key_text.hpp>
#include <stocktracker/identity/email_address.hpp>

#include "core/base64url.hpp"

namespace st = stocktracker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto address = st::EmailAddress::parse(text)) {
    const auto again = st::EmailAddress::parse(address.value().text());
    if (!again || again.value().text() != address.value().text()) std::abort();
    if (address.value().text().size() > st::EmailAddress::kMostBytes) std::abort();
    const auto by_key = st::EmailAddress::parse(address.value().key());
    if (!by_key || !(by_key.value() == address.value())) std::abort();
  }
  if (const auto key = st::ApiKeyText::parse(st::Secret::copy_of(text))) {
    const st::Secret again = key.value().text();
    if (again.reveal() != text) std::abort();
  }
  if (const auto bytes = st::from_base64url(text); bytes && st::base64url(*bytes) != text) std::abort();
  if (st::from_base64url(st::base64url(text)) != text) std::abort();
  return 0;
}
