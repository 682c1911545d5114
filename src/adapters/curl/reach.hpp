/// Reach::public_internet: the addresses that a request may be sent to.
#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0::curl {

/// False also for text that is not an internet address.
[[nodiscard]] bool is_public(const sockaddr* address) noexcept;
/// `address` in numbers, as libcurl reports it.
[[nodiscard]] bool is_public(const char* address) noexcept;

/// For requests through a proxy, which resolves the name: refuses URLs with an address that is not public (in any
/// notation), and this machine by its name. The proxy is responsible for all other names.
[[nodiscard]] Result<void> check_literal_host(const std::string& url);

[[nodiscard]] Error address_refused(std::string_view host);

}  // namespace stocktracker::inline v0::curl
