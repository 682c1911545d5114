// The rule of HTML's e-mail fields, and international domains by libidn2.
#include <stocktracker/identity/email_address.hpp>

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "core/ascii.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kMostLabel = 63;           // RFC 1035, section 2.3.4
constexpr std::size_t kMostTypedDomain = 1'024;  // before it is in ASCII

bool is_letter_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_local(char c) noexcept {
  return is_letter_or_digit(c) || std::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
}
std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return ascii_lower(c); });
  return out;
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\n\r\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool is_label(std::string_view label) noexcept {
  return !label.empty() && label.size() <= kMostLabel && is_letter_or_digit(label.front()) &&
         is_letter_or_digit(label.back()) &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_domain(std::string_view domain) noexcept {
  while (true) {
    const std::size_t dot = domain.find('.');
    if (!is_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

Error refused(const char* why) { return Error(Errc::invalid_argument, why).about("email"); }

Result<std::string> ascii_domain(std::string_view domain) {
  const bool plain =
      std::all_of(domain.begin(), domain.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (plain) return lower(domain);
  if (domain.size() > kMostTypedDomain) return refused("the address is longer than 254 bytes");
  if (domain.find('\0') != std::string_view::npos) return refused("the domain of the address is not valid");
  char* converted = nullptr;
  const std::string typed(domain);  // ends with a zero byte
  const int answer = idn2_to_ascii_8z(typed.c_str(), &converted, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, void (*)(void*)> owned(converted, &idn2_free);
  if (answer != IDN2_OK || !converted) return refused("the domain of the address is not valid");
  return lower(converted);
}

}  // namespace

Result<EmailAddress> EmailAddress::parse(std::string_view text) {
  text = trimmed(text);
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return refused("an e-mail address has an @");
  const std::string_view local = text.substr(0, at);
  if (local.empty()) return refused("nothing stands before the @ of the address");
  if (local.size() > kMostLocalBytes) return refused("more than 64 bytes stand before the @ of the address");
  if (!std::all_of(local.begin(), local.end(), is_local)) {
    return refused("before the @, an address has Latin letters, digits and .!#$%&'*+/=?^_`{|}~- only");
  }
  STK_TRY(const std::string domain, ascii_domain(text.substr(at + 1)));
  if (!is_domain(domain)) return refused("the domain of the address is not valid");
  std::string whole = std::string(local) + "@" + domain;
  if (whole.size() > kMostBytes) return refused("the address is longer than 254 bytes");
  return EmailAddress(std::move(whole), at);
}

std::string EmailAddress::key() const { return lower(text_); }

std::string EmailAddress::masked() const { return text_.substr(0, 1) + "***" + text_.substr(at_); }

}  // namespace stocktracker::inline v0
