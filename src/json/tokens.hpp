/// @file
/// The tokens of a JSON text: brackets, colons, commas, and where texts and other values begin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace stocktracker::inline v0::json {

/// Readable bytes that must follow a text.
inline constexpr std::size_t kPadding = 64;

/// Walks over the index that simdjson's first stage makes. Rows are walked by hand: the index costs a tenth of reading
/// them, and On-Demand's bookkeeping for callers that may go anywhere costs the rest.
class Tokens {
 public:
  Tokens();
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;
  ~Tokens();

  /// Indexes `size` bytes. What follows them must be readable for kPadding bytes, and the first of them be zero as
  /// long as the tokens are walked over: it is the last token, which nothing takes. A null pointer, or what is wrong:
  /// no UTF-8, a text without an end, nothing at all.
  [[nodiscard]] const char* index(const char* text, std::size_t size) noexcept;

  [[nodiscard]] char kind() const noexcept { return text_[*at_]; }
  [[nodiscard]] const char* here() const noexcept { return text_ + *at_; }
  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }
  /// Never at the end.
  void next() noexcept { ++at_; }
  bool take(char kind) noexcept {
    if (text_[*at_] != kind) return false;
    ++at_;
    return true;
  }
  /// A value whole, whatever it is; its scalars are not judged. False where none stands.
  bool skip_value() noexcept;

  /// A place to come back to, of the same index.
  using Place = const std::uint32_t*;
  [[nodiscard]] Place place() const noexcept { return at_; }
  void go(Place place) noexcept { at_ = place; }

 private:
  struct Index;

  std::unique_ptr<Index> index_;
  const char* text_ = nullptr;
  Place at_ = nullptr;
  Place end_ = nullptr;
};

}  // namespace stocktracker::inline v0::json
