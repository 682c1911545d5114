// A small strict JSON document, for the requests that a world answers and for the payload of its tokens.
//
// The world reads JSON by itself: a fault in the library's reader must not be shared by the oracle that its tests
// trust.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stocktracker::inline v0::testing::world {

class JsonValue {
 public:
  enum class Type : unsigned char { null, boolean, integer, number, string, array, object };

  // RFC 8259, nothing beyond it; at most 64 levels. Bytes in strings are taken as they are. Of equal keys the last
  // counts.
  [[nodiscard]] static std::optional<JsonValue> parse(std::string_view text);

  [[nodiscard]] Type type() const noexcept { return type_; }
  [[nodiscard]] bool is(Type type) const noexcept { return type_ == type; }
  [[nodiscard]] bool boolean() const noexcept { return integer_ != 0; }
  // Whole numbers of 64 bits; others are Type::number, and only known to be one.
  [[nodiscard]] std::int64_t integer() const noexcept { return integer_; }
  [[nodiscard]] const std::string& string() const noexcept { return text_; }
  [[nodiscard]] const std::vector<JsonValue>& items() const noexcept { return items_; }
  // Of an object, in the order of the text; values are the items.
  [[nodiscard]] const std::vector<std::string>& keys() const noexcept { return keys_; }
  // Null when this is no object or has no such member; a member that is null counts as absent.
  [[nodiscard]] const JsonValue* find(std::string_view key) const noexcept;

 private:
  friend class JsonParser;
  Type type_ = Type::null;
  std::int64_t integer_ = 0;
  std::string text_;
  std::vector<JsonValue> items_;   // of an array, or the values of an object
  std::vector<std::string> keys_;  // of an object
};

}  // namespace stocktracker::inline v0::testing::world
