/// The values of a JsonDocument, in the order of the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/json_reader.hpp>

namespace stocktracker::inline v0 {

/// A longer text has more elements than a node can count.
inline constexpr std::size_t kLongestJson = std::size_t{1} << 30;

/// A value, or the name of a member, which comes directly before the member's value. A field has one meaning for
/// scalars and another for arrays and objects, so that a node has 16 bytes.
class JsonNode {
 public:
  static JsonNode scalar(JsonType type, std::uint32_t holder, std::uint32_t index, std::uint32_t at,
                         std::uint32_t size) noexcept {
    return {at, size, holder, type, index};
  }
  static JsonNode open(JsonType type, std::uint32_t holder, std::uint32_t index) noexcept {
    return {holder, 0, 0, type, index};
  }

  [[nodiscard]] JsonType type() const noexcept { return static_cast<JsonType>(type_and_index_ & 7U); }
  [[nodiscard]] bool holds_others() const noexcept { return type() >= JsonType::array; }
  /// The array or object around it.
  [[nodiscard]] std::uint32_t holder() const noexcept { return holds_others() ? first_ : third_; }
  /// Its position in that.
  [[nodiscard]] std::uint32_t index() const noexcept { return type_and_index_ >> 3U; }
  /// Of a scalar: where its text is; a string's is behind the quote.
  [[nodiscard]] std::uint32_t at() const noexcept { return first_; }
  /// Of a scalar: bytes; of an array or object: elements or members.
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  /// The node behind this value, which is `self`.
  [[nodiscard]] std::uint32_t next(std::uint32_t self) const noexcept { return holds_others() ? third_ : self + 1; }

  void count_one() noexcept { ++size_; }
  void close(std::uint32_t next) noexcept { third_ = next; }

 private:
  JsonNode(std::uint32_t first, std::uint32_t size, std::uint32_t third, JsonType type, std::uint32_t index) noexcept
      : first_(first), size_(size), third_(third), type_and_index_(index << 3U | static_cast<std::uint32_t>(type)) {}

  std::uint32_t first_;
  std::uint32_t size_;
  std::uint32_t third_;
  std::uint32_t type_and_index_;
};
static_assert(sizeof(JsonNode) == 16);

struct JsonTree {
  std::string text;  ///< strings with escapes were decoded in place
  std::vector<JsonNode> nodes;
  Errc code = Errc::invalid_text;

  [[nodiscard]] std::string_view text_of(std::uint32_t node) const noexcept {
    return std::string_view(text).substr(nodes[node].at(), nodes[node].size());
  }
};

/// Reads `tree.text` into `tree.nodes`.
[[nodiscard]] Result<void> parse_json(JsonTree& tree, int max_depth);

/// "items[3].count" for a node; empty for the root. Costs as many steps as the node is deep.
[[nodiscard]] std::string json_path(const JsonTree& tree, std::uint32_t node);
/// Appends `.name` or `[n]`.
void append_json_name(std::string& path, std::string_view name);
void append_json_index(std::string& path, std::size_t index);
/// An error about a value: its path and what is wrong with it.
[[nodiscard]] Error json_error(Errc code, std::string path, std::string_view what);
/// An error about the complete text, which has no path: ErrorDetails::field is empty.
[[nodiscard]] Error json_text_error(Errc code, std::string_view what);

}  // namespace stocktracker::inline v0
