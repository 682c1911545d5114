// Where an array stands in a document.
#include "json/array_place.hpp"

namespace stocktracker::inline v0::json {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Finder {
 public:
  explicit Finder(std::string_view text) noexcept : text_(text), at_(text.starts_with("\xEF\xBB\xBF") ? 3 : 0) {}

  /// Index of the array's '[', or kNone.
  std::size_t find(std::span<const std::string_view> path) noexcept {
    for (const std::string_view name : path) {
      if (!take('{') || !enter(name)) return kNone;
    }
    skip_space();
    return at_ < text_.size() && text_[at_] == '[' ? at_ : kNone;
  }

 private:
  void skip_space() noexcept {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(char c) noexcept {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  /// Stands behind '{': goes to the value of the member `name`.
  bool enter(std::string_view name) noexcept {
    while (true) {
      skip_space();
      const std::size_t from = at_ + 1;
      if (!skip_string()) return false;
      const std::string_view key = text_.substr(from, at_ - 1 - from);
      if (!take(':')) return false;
      if (key == name) return true;
      if (!skip_value() || !take(',')) return false;
    }
  }
  bool skip_string() noexcept {
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return true;
      }
    }
    return false;
  }
  bool skip_value() noexcept {
    int depth = 0;
    skip_space();
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) return false;
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) return true;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_;  ///< behind a byte order mark at first
};

}  // namespace

std::size_t place_of_array(std::string_view text, std::span<const std::string_view> path) noexcept {
  return Finder(text).find(path);
}

std::string joined(std::span<const std::string_view> path) {
  std::string text;
  for (const std::string_view name : path) text.append(text.empty() ? "" : ".").append(name);
  return text.empty() ? "the document" : text;
}

}  // namespace stocktracker::inline v0::json
