// The server that the suite of transports talks to: what it answers under each path.
#include "testing/contracts/transport_peer.hpp"

#include <string>
#include <string_view>

namespace stocktracker::inline v0::testing::contract {
namespace {

using namespace std::chrono_literals;
using Wire = ServedAnswer::Wire;

/// A gzip member (RFC 1952) with one stored block (RFC 1951 3.2.4), which every decoder reads.
std::string packed(std::string_view text) {
  std::uint32_t sum = ~std::uint32_t{0};
  for (const char c : text) {
    sum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  const auto little = [](std::uint32_t number, int bytes) {
    std::string made;
    for (int at = 0; at < bytes; ++at) made.push_back(static_cast<char>((number >> (8 * at)) & 0xFFU));
    return made;
  };
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string made("\x1f\x8b\x08\0\0\0\0\0\0\xff\x01", 11);
  made.append(little(size, 2)).append(little(~size, 2)).append(text);
  return made.append(little(~sum, 4)).append(little(size, 4));
}

}  // namespace

ServedAnswer Peer::answer(const HttpRequest& request) {
  ++requests_;
  ServedAnswer served;
  HttpResponse& response = served.response;
  response.status = 200;
  response.headers = {{"Content-Type", "text/plain"}, {"X-Answer", "one"}, {"X-Answer", "two"}};
  const std::string& url = request.url;
  const auto is = [&](std::string_view path) { return url.starts_with(path); };
  if (is("/once")) served.wire = Wire::reset;
  if (is("/status/")) response.status = std::stoi(url.substr(8));
  if (response.status >= 300 && response.status < 400) response.headers.push_back({"Location", "/moved"});
  if (is("/moved")) moved_ = true;
  if (is("/reset")) served.wire = Wire::reset;
  if (is("/truncated")) served.wire = Wire::truncated;
  if (is("/silent")) served.wire = Wire::silent;
  if (is("/stalled")) served.wire = Wire::stalled;
  if (is("/trickle")) served.slow = 5'500ms;
  if (is("/chunked")) served.wire = Wire::chunked;
  if (is("/slow")) served.slow = 20s;
  response.body = std::string(to_string(request.method)) + " " + url + "\n" + request.body;
  if (is("/headers")) {
    for (const HttpHeader& header : request.headers) response.body += header.name + "=" + header.value + "\n";
  }
  if (is("/packed")) {
    response.headers.push_back({"Content-Encoding", "gzip"});
    response.body = packed("unpacked text");
  }
  if (is("/stream") || is("/chunked/stream")) {
    response.body.assign(1 << 16, 'x');
    served.stream_bytes = std::uint64_t{1} << 30;
  }
  return served;
}

}  // namespace stocktracker::inline v0::testing::contract
