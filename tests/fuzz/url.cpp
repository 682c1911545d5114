// URLs: what is encoded is plain and decodes to what it was.
#include <cstdlib>

#include <stocktracker/http/url.hpp>

namespace st = stocktracker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string encoded = st::percent_encode(text);
  for (const char c : encoded) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && std::string_view("-._~%").find(c) == std::string_view::npos) std::abort();
  }
  if (st::percent_decode(encoded).value() != text) std::abort();
  if (const auto segment = st::encode_segment(text); segment && segment.value() != encoded) std::abort();
  const std::string url = st::UrlQuery("/p").add(text, text).add("b", text).url();
  if (url != "/p?" + encoded + "=" + encoded + "&b=" + encoded) std::abort();
  if (const auto decoded = st::percent_decode(text); decoded && decoded.value().size() > text.size()) std::abort();
  return 0;
}
