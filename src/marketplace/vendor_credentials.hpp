/// @file
/// What the credentials of all channels have in common: the address of the API, and parts that stay.
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

/// Optional part of every channel's credentials: the API's address instead of the vendor's own.
inline constexpr std::string_view kBaseUrlPart = "base_url";

/// The address in the credentials, without slashes at its end; nullopt where none is.
[[nodiscard]] std::optional<std::string> base_url_of(const Credentials& credentials);

/// For ConnectorFactory::hosts: the vendor's hosts, and those bases of the factory's options that are none of them,
/// which are the program's own choice.
[[nodiscard]] std::vector<std::string> api_hosts(std::span<const std::string_view> vendor,
                                                 std::initializer_list<std::string_view> bases);

/// The fresh credentials, and of those held the named parts that were not given again.
[[nodiscard]] Credentials keep_parts(Credentials held, Credentials fresh,
                                     std::initializer_list<std::string_view> names);

/// As above; which parts are kept, `stays` says.
[[nodiscard]] Credentials keep_parts_if(Credentials held, Credentials fresh,
                                        FunctionRef<bool(const CredentialPart&)> stays);

/// The part, which must be there and be a header's text: visible ASCII without blanks, at most `longest` bytes.
/// Errc::credentials_missing or invalid_argument names it; `called` is what the vendor calls it.
[[nodiscard]] Result<const Secret*> header_part(const Credentials& credentials, std::string_view name,
                                                std::string_view called, std::size_t longest = 1'024);

/// Whether a text may stand for an API's host: https, or http of this machine; nothing but scheme, host, port and a
/// plain path.
[[nodiscard]] bool is_api_address(std::string_view url) noexcept;

}  // namespace stocktracker::inline v0
