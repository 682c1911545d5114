/// @file
/// JsonWriter: appends valid UTF-8 JSON to a string; objects and arrays are closed in order, checked by assertion.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

/// Not thread-safe. Bytes that are not UTF-8 become U+FFFD; `<`, `>` and `&` are written as they are.
///
/// @code
/// std::string out;
/// st::JsonWriter json(out);
/// json.begin_object().field("article", "mug-blue").field("units", 12).key("price").decimal("1299.90").end_object();
/// // {"article":"mug-blue","units":12,"price":1299.90}
/// @endcode
class STK_API JsonWriter {
 public:
  /// Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out) noexcept : out_(out) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view text);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& unsigned_integer(std::uint64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// Writes decimal text as a JSON number, unchanged: for money, which has no floating point.
  JsonWriter& decimal(std::string_view number);

  /// Writes key and value; nullopt writes null.
  JsonWriter& field(std::string_view name, std::string_view value) { return key(name).string(value); }
  JsonWriter& field(std::string_view name, const char* value) { return key(name).string(value); }
  template <std::same_as<bool> B>
  JsonWriter& field(std::string_view name, B value) {
    return key(name).boolean(value);
  }
  template <std::signed_integral I>
  JsonWriter& field(std::string_view name, I value) {
    return key(name).integer(value);
  }
  template <std::unsigned_integral U>
  requires(!std::same_as<U, bool>) JsonWriter& field(std::string_view name, U value) {
    return key(name).unsigned_integer(value);
  }
  template <class T>
  JsonWriter& field(std::string_view name, const std::optional<T>& value) {
    return value ? field(name, *value) : key(name).null();
  }

 private:
  void separate();
  std::string& out_;
  std::vector<bool> has_item_;
  bool after_key_ = false;
};

}  // namespace stocktracker::inline v0
