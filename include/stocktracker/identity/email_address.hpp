/// @file
/// EmailAddress: checked once, compared without regard to case.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// An address by the rule of HTML's e-mail fields (no quotes, no comments, ASCII before the @), at most 64 bytes before
/// the @ and 254 in all. An international domain is kept in its ASCII form (punycode, IDNA 2008).
///
/// @code
/// STK_TRY(const auto address, st::EmailAddress::parse(" Ivan@Пример.рф "));
/// std::puts(address.text().c_str());    // "Ivan@xn--e1afmkfd.xn--p1ai"
/// std::puts(address.key().c_str());     // "ivan@xn--e1afmkfd.xn--p1ai": one user has it
/// std::puts(address.masked().c_str());  // "I***@xn--e1afmkfd.xn--p1ai": for logs and audit
/// @endcode
class STK_API EmailAddress {
 public:
  static constexpr std::size_t kMostBytes = 254;
  static constexpr std::size_t kMostLocalBytes = 64;

  /// White space around it is ignored. Errc::invalid_argument, field "email", with what is wrong; the error does not
  /// contain the text.
  [[nodiscard]] static Result<EmailAddress> parse(std::string_view text);

  /// For sending: the part before the @ as it was typed, the domain in small letters.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// For comparing: all in small letters.
  [[nodiscard]] std::string key() const;
  /// The first character and the domain.
  [[nodiscard]] std::string masked() const;
  [[nodiscard]] std::string_view domain() const noexcept { return std::string_view(text_).substr(at_ + 1); }

  friend bool operator==(const EmailAddress& a, const EmailAddress& b) { return a.key() == b.key(); }

 private:
  EmailAddress(std::string text, std::size_t at) noexcept : text_(std::move(text)), at_(at) {}
  std::string text_;
  std::size_t at_;  // of the @
};

}  // namespace stocktracker::inline v0
