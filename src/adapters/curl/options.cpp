// Validates the transport's options.
#include <unistd.h>

#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0 {

Result<void> CurlOptions::validate() const {
  Problems problems;
  const auto visible = [](const std::string& text) {
    for (const char c : text) {
      if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) return false;
    }
    return true;
  };
  problems.require(visible(user_agent), "user_agent", "must not hold control characters");
  problems.require(proxy.empty() || ((proxy.starts_with("http://") || proxy.starts_with("https://")) &&
                                     visible(proxy) && proxy.find('@') == std::string::npos),
                   "proxy", "must be an http or https address without a password");
  problems.require(ca_bundle.empty() || ::access(ca_bundle.c_str(), R_OK) == 0, "ca_bundle",
                   "must be a file that can be read: " + ca_bundle);
  problems.require(max_connections >= 1 && max_connections <= 1'000, "max_connections", "must be 1 to 1000");
  problems.require(max_connections_per_host >= 1 && max_connections_per_host <= 100, "max_connections_per_host",
                   "must be 1 to 100");
  problems.require(connect_timeout >= std::chrono::milliseconds(1), "connect_timeout", "must be at least 1 ms");
  problems.require(request_timeout >= std::chrono::milliseconds(1), "request_timeout", "must be at least 1 ms");
  problems.require(idle_timeout >= std::chrono::seconds(1) && idle_timeout <= std::chrono::hours(24), "idle_timeout",
                   "must be 1 s to 24 h");
  return problems.result("CurlOptions");
}

}  // namespace stocktracker::inline v0
