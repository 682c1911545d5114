/// What the credentials of all channels share: the base URL of the API, and parts that are kept.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/credentials.hpp>

namespace stocktracker::inline v0 {

/// Optional part of every channel's credentials: an address to use instead of the vendor's API.
inline constexpr std::string_view kBaseUrlPart = "base_url";

/// The address in the credentials, without slashes at its end; nullopt if there is none.
[[nodiscard]] std::optional<std::string> base_url_of(const Credentials& credentials);

/// For ConnectorFactory::hosts: the vendor's hosts, and other base URLs in the factory's options, which the program
/// itself has chosen.
[[nodiscard]] std::vector<std::string> api_hosts(std::span<const std::string_view> vendor,
                                                 std::initializer_list<std::string_view> bases);

/// The fresh credentials, and the named parts of the held ones that were not given again.
[[nodiscard]] Credentials keep_parts(Credentials held, Credentials fresh,
                                     std::initializer_list<std::string_view> names);

/// The same; `stays` decides which parts are kept.
[[nodiscard]] Credentials keep_parts_if(Credentials held, Credentials fresh,
                                        FunctionRef<bool(const CredentialPart&)> stays);

/// The named part, which must exist and be usable in a header: visible ASCII without blanks, at most `longest` bytes.
/// Errc::credentials_missing or invalid_argument names it; `called` is the vendor's name for it.
[[nodiscard]] Result<const Secret*> header_part(const Credentials& credentials, std::string_view name,
                                                std::string_view called, std::size_t longest = 1'024);

/// True if a text may be the host of an API: https, or http to this machine; only scheme, host, port and a plain path.
[[nodiscard]] bool is_api_address(std::string_view url) noexcept;

}  // namespace stocktracker::inline v0
