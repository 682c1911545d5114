// A small strict JSON document, for requests to a world and for the payload of its tokens.
//
// The world has its own JSON reader, so that a fault in the library's reader cannot hide in the world that its tests
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

  // RFC 8259 and nothing else; at most 64 levels. Bytes in strings are not checked. Of equal members the last one
  // counts.
  [[nodiscard]] static std::optional<JsonValue> parse(std::string_view text);

  [[nodiscard]] Type type() const noexcept { return type_; }
  [[nodiscard]] bool is(Type type) const noexcept { return type_ == type; }
  [[nodiscard]] bool boolean() const noexcept { return integer_ != 0; }
  // Integers of 64 bits; other numbers have Type::number and no value.
  [[nodiscard]] std::int64_t integer() const noexcept { return integer_; }
  [[nodiscard]] const std::string& string() const noexcept { return text_; }
  [[nodiscard]] const std::vector<JsonValue>& items() const noexcept { return items_; }
  // Of an object, in the order of the text; values are the items.
  [[nodiscard]] const std::vector<std::string>& keys() const noexcept { return keys_; }
  // Null if this is not an object or has no such member; a member that is null counts as absent.
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
