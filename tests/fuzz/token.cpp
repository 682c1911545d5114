// The public part of a token: whatever is typed in ends as facts or as an error that does not show it.
#include <cstdlib>

#include "adapters/wildberries/token.hpp"

namespace st = stocktracker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto facts = st::wildberries::token_facts(st::Secret::copy_of(text));
  if (!facts) {
    if (facts.error().errc() != st::Errc::invalid_text) std::abort();
    // One refusal for all: nothing of the text is in it.
    static const std::string refusal = st::wildberries::token_facts(st::Secret::copy_of("x")).error().to_json();
    if (facts.error().to_json() != refusal) std::abort();
  } else if (facts.value().expires_at && *facts.value().expires_at < st::Instant::from_seconds(1)) {
    std::abort();
  }
  const auto set = st::wildberries::TokenSet::make(st::wildberries::credentials(st::Secret::copy_of(text)));
  if (set) {
    st::HttpRequest request;
    request.quota.category = "content";
    const auto sent = set.value()->authorize(request, st::Instant::from_seconds(1'795'300'000));
    // What is sent is what was given, and fits into one header.
    if (sent && request.secret_headers.at(0).value.reveal() != text) std::abort();
    if (sent && text.find_first_of("\r\n") != std::string::npos) std::abort();
  }
  return 0;
}
