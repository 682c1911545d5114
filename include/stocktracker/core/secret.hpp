/// @file
/// Secret: text that must not be seen. Wipes its memory, prints as ***, compares in constant time.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

/// Owns its bytes; move-only, so that copies are deliberate (`clone`). Not thread-safe for writing.
///
/// @code
/// st::Secret token = st::Secret::copy_of(text);
/// std::puts(token.text());  // ***
/// const std::string_view seen = token.reveal();  // valid while `token` lives; never log it
/// @endcode
class STK_API Secret {
 public:
  Secret() noexcept = default;
  /// Takes the text and wipes the source.
  explicit Secret(std::string&& text);
  [[nodiscard]] static Secret copy_of(std::string_view text);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  /// The only access to the text. Valid while the Secret lives, so do not call it on a temporary; never log or store
  /// the text.
  [[nodiscard]] std::string_view reveal() const& noexcept { return text_; }
  std::string_view reveal() const&& = delete;
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] Secret clone() const { return copy_of(text_); }
  /// Constant time for equal lengths.
  [[nodiscard]] bool equals(const Secret& other) const noexcept;
  /// Always "***".
  [[nodiscard]] static const char* text() noexcept { return "***"; }

  friend bool operator==(const Secret&, const Secret&) = delete;

 private:
  void wipe() noexcept;
  std::string text_;
};

}  // namespace stocktracker::inline v0
