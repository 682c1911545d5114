// HTTP/1.1 on one socket: reads a request, writes an answer.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include <stocktracker/testing/loopback_server.hpp>

namespace stocktracker::inline v0::testing::loopback {

enum class Read : unsigned char { request, closed, bad };

// One connection; closes nothing.
class Wire {
 public:
  Wire(int socket, const std::atomic<bool>& stopping) noexcept : socket_(socket), stopping_(stopping) {}

  // Blocks until a complete request has arrived; `bad`: it has already been answered with an error status.
  Read read(HttpRequest& request, LoopbackHandler& handler);
  // False if the connection must end.
  bool write(const ServedAnswer& answer);
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }

 private:
  bool fill();
  bool read_head(std::string& head);
  bool read_exactly(std::size_t count, std::string& into);
  bool read_chunks(std::string& into);
  bool read_line(std::string& line);
  bool send_all(std::string_view bytes);
  bool refuse(int status, std::string_view reason);
  bool write_body(const ServedAnswer& answer, std::uint64_t length);
  bool pause(Duration length) const;

  int socket_;
  const std::atomic<bool>& stopping_;
  std::string buffer_;
  bool keep_alive_ = true;
};

}  // namespace stocktracker::inline v0::testing::loopback
