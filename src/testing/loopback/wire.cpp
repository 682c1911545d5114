// Reads and writes HTTP/1.1 on a socket.
#include "testing/loopback/wire.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>

namespace stocktracker::inline v0::testing::loopback {
namespace {

constexpr std::size_t kHead = std::size_t{64} << 10;
constexpr std::size_t kBody = std::size_t{64} << 20;
constexpr int kTick = 20;  // milliseconds between checks of the stop flag

std::string_view reason_of(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 429:
      return "Too Many Requests";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

bool method_of(std::string_view text, HttpMethod& method) noexcept {
  for (const HttpMethod known :
       {HttpMethod::get, HttpMethod::post, HttpMethod::put, HttpMethod::patch, HttpMethod::del}) {
    if (text == to_string(known)) {
      method = known;
      return true;
    }
  }
  return false;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view header_of(const HttpRequest& request, std::string_view name) {
  HttpResponse view;  // its search ignores letter case
  view.headers = request.headers;
  for (std::size_t at = 0; at < view.headers.size(); ++at) {
    HttpResponse one;
    one.headers.push_back(view.headers[at]);
    if (one.header(name)) return request.headers[at].value;
  }
  return {};
}

}  // namespace

bool Wire::fill() {
  char bytes[16 * 1024];
  while (!stopping_) {
    const ssize_t size = ::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT);
    if (size > 0) {
      buffer_.append(bytes, static_cast<std::size_t>(size));
      return true;
    }
    if (size == 0 || errno != EAGAIN) return false;
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, kTick) < 0) return false;
  }
  return false;
}

bool Wire::read_head(std::string& head) {
  std::size_t end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (buffer_.size() > kHead || !fill()) return false;
    end = buffer_.find("\r\n\r\n");
  }
  head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  return true;
}

bool Wire::read_exactly(std::size_t count, std::string& into) {
  while (buffer_.size() < count) {
    if (!fill()) return false;
  }
  into.append(buffer_, 0, count);
  buffer_.erase(0, count);
  return true;
}

bool Wire::read_line(std::string& line) {
  std::size_t end = buffer_.find("\r\n");
  while (end == std::string::npos) {
    if (buffer_.size() > kHead || !fill()) return false;
    end = buffer_.find("\r\n");
  }
  line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return true;
}

bool Wire::read_chunks(std::string& into) {
  while (true) {
    std::string line;
    if (!read_line(line)) return false;
    std::size_t size = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), size, 16).ec != std::errc()) return false;
    if (into.size() + size > kBody || !read_exactly(size, into) || !read_line(line)) return false;
    if (size == 0) return true;
  }
}

Read Wire::read(HttpRequest& request, LoopbackHandler& handler) {
  std::string head;
  if (!read_head(head)) return Read::closed;
  request = {};
  std::string_view rest = head;
  const auto next_line = [&] {
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 2));
    return line;
  };
  const std::string_view first = next_line();
  const std::size_t one = first.find(' ');
  const std::size_t two = first.rfind(' ');
  if (one == std::string_view::npos || two <= one || !first.substr(two + 1).starts_with("HTTP/1.")) {
    refuse(400, "malformed request line");
    return Read::bad;
  }
  if (!method_of(first.substr(0, one), request.method)) {
    refuse(501, "unknown method");
    return Read::bad;
  }
  request.url = first.substr(one + 1, two - one - 1);
  while (!rest.empty()) {
    const std::string_view line = next_line();
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    request.headers.push_back({std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1)))});
  }
  keep_alive_ = header_of(request, "Connection") != "close" && first.substr(two + 1) != "HTTP/1.0";
  if (handler.ignores_body(request)) {
    (void)pause(std::chrono::hours(1));
    return Read::closed;
  }
  if (header_of(request, "Transfer-Encoding") == "chunked")
    return read_chunks(request.body) ? Read::request : Read::closed;
  std::size_t length = 0;
  const std::string_view announced = header_of(request, "Content-Length");
  if (!announced.empty() &&
      std::from_chars(announced.data(), announced.data() + announced.size(), length).ec != std::errc()) {
    refuse(400, "malformed length");
    return Read::bad;
  }
  if (length > kBody) {
    refuse(413, "too large");
    return Read::bad;
  }
  return read_exactly(length, request.body) ? Read::request : Read::closed;
}

bool Wire::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    if (stopping_) return false;
    const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(size));
      continue;
    }
    if (size < 0 && errno != EAGAIN) return false;
    pollfd ready{socket_, POLLOUT, 0};
    if (::poll(&ready, 1, kTick) < 0 || (ready.revents & (POLLERR | POLLHUP)) != 0) return false;
  }
  return true;
}

bool Wire::refuse(int status, std::string_view reason) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Refused\r\nConnection: close\r\nContent-Length: ";
  text.append(std::to_string(reason.size())).append("\r\n\r\n").append(reason);
  return send_all(text);
}

bool Wire::pause(Duration length) const {
  const auto until = std::chrono::steady_clock::now() + length;
  while (!stopping_) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    pollfd gone{socket_, POLLRDHUP, 0};  // do not wait for a caller that has given up
    if (::poll(&gone, 1, static_cast<int>(std::min<std::int64_t>(left.count(), kTick))) > 0) return false;
  }
  return false;
}

bool Wire::write(const ServedAnswer& answer) {
  using Kind = ServedAnswer::Wire;
  if (answer.delay.count() > 0 && !pause(answer.delay)) return false;
  if (answer.wire == Kind::silent) return pause(std::chrono::hours(1));
  if (answer.wire == Kind::reset) {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    return false;
  }
  const HttpResponse& response = answer.response;
  const bool bodiless = response.status == 204 || response.status == 304;
  const std::uint64_t length = answer.stream_bytes != 0 ? answer.stream_bytes : response.body.size();
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(reason_of(response.status)).append("\r\n");
  for (const HttpHeader& header : response.headers)
    head.append(header.name).append(": ").append(header.value).append("\r\n");
  if (answer.wire == Kind::chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (!bodiless) {
    head += "Content-Length: " + std::to_string(length) + "\r\n";
  }
  head += "\r\n";
  if (bodiless) return send_all(head);
  if (answer.wire == Kind::complete && answer.slow.count() == 0 && answer.stream_bytes == 0) {
    return send_all(head + response.body);  // one segment if it fits
  }
  return send_all(head) && write_body(answer, length);
}

bool Wire::write_body(const ServedAnswer& answer, std::uint64_t length) {
  using Kind = ServedAnswer::Wire;
  constexpr std::uint64_t kPieces = 10;
  const std::string& body = answer.response.body;
  const bool half = answer.wire == Kind::truncated || answer.wire == Kind::stalled;
  std::uint64_t left = half ? length / 2 : length;
  const std::uint64_t trickle = std::max<std::uint64_t>(1, length / kPieces);
  std::uint64_t sent = 0;
  while (left > 0 && !body.empty()) {
    const auto offset = static_cast<std::size_t>(sent % body.size());
    std::uint64_t size = std::min<std::uint64_t>(left, body.size() - offset);
    if (answer.slow.count() > 0) {
      if (!pause(answer.slow / static_cast<std::int64_t>(kPieces))) return false;
      size = std::min(size, trickle);
    }
    const std::string_view piece = std::string_view(body).substr(offset, static_cast<std::size_t>(size));
    if (answer.wire == Kind::chunked) {
      char hex[16];
      const auto end = std::to_chars(hex, hex + sizeof hex, size, 16).ptr;
      if (!send_all(std::string(hex, end) + "\r\n") || !send_all(piece) || !send_all("\r\n")) return false;
    } else if (!send_all(piece)) {
      return false;
    }
    sent += size;
    left -= size;
  }
  if (answer.wire == Kind::chunked) return send_all("0\r\n\r\n");
  if (answer.wire == Kind::stalled) return pause(std::chrono::hours(1));
  return answer.wire != Kind::truncated;
}

}  // namespace stocktracker::inline v0::testing::loopback
