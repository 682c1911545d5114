/// Finds an array in a body that has not been validated yet.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stocktracker::inline v0::json {

inline constexpr std::size_t kNone = std::string_view::npos;

/// Index of the '[' of the array at `path`, or kNone. A tolerant scan: whether the text around the array is valid is
/// checked afterwards, on the document without its rows.
[[nodiscard]] std::size_t place_of_array(std::string_view text, std::span<const std::string_view> path) noexcept;

/// "data.items", for errors.
[[nodiscard]] std::string joined(std::span<const std::string_view> path);

/// Writes a character for the duration of a scope.
class Borrowed {
 public:
  Borrowed(char& place, char meanwhile) noexcept : place_(place), before_(place) { place_ = meanwhile; }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() { place_ = before_; }

 private:
  char& place_;
  char before_;
};

}  // namespace stocktracker::inline v0::json
