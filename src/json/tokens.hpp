/// The tokens of a JSON text: brackets, colons, commas, and where texts and other values begin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace stocktracker::inline v0::json {

/// Readable bytes that must follow a text.
inline constexpr std::size_t kPadding = 64;

/// Walks over the index of simdjson's first stage. Rows are walked by hand: the index costs a tenth of reading them,
/// and the bookkeeping of simdjson's On-Demand interface costs the rest.
class Tokens {
 public:
  Tokens();
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;
  ~Tokens();

  /// Indexes `size` bytes. kPadding bytes after them must be readable, and the first of these must be zero while tokens
  /// are read: it is the last token, which is never consumed. Returns a null pointer, or the problem: not UTF-8, a text
  /// without an end, an empty text.
  [[nodiscard]] const char* index(const char* text, std::size_t size) noexcept;

  [[nodiscard]] const char* text() const noexcept { return text_; }
  [[nodiscard]] char kind() const noexcept { return text_[*at_]; }
  [[nodiscard]] const char* here() const noexcept { return text_ + *at_; }
  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }
  /// Number of tokens from here to the end.
  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  /// Must not be called at the end.
  void next() noexcept { ++at_; }
  bool take(char kind) noexcept {
    if (text_[*at_] != kind) return false;
    ++at_;
    return true;
  }
  /// Skips a complete value of any type; its scalars are not validated. False if there is no value.
  bool skip_value() noexcept;

  /// A place in the same index to return to.
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
