// Members of a request's body, read as the vendor reads them: unknown members are ignored, null counts as absent, and a
// member of another type than documented makes the complete body invalid.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "testing/world/core/json.hpp"

namespace stocktracker::inline v0::testing::world {

class Fields {
 public:
  // Null: an absent object, without any field. All fields of one body share `spoilt`.
  Fields(const JsonValue* object, bool& spoilt) : object_(object), spoilt_(spoilt) {
    if (object_ != nullptr && !object_->is(JsonValue::Type::object)) {
      spoilt_ = true;
      object_ = nullptr;
    }
  }

  [[nodiscard]] bool has(std::string_view key) const { return object_ != nullptr && object_->find(key) != nullptr; }
  [[nodiscard]] Fields inner(std::string_view key) const {
    return {object_ == nullptr ? nullptr : object_->find(key), spoilt_};
  }
  [[nodiscard]] bool flag(std::string_view key, bool otherwise) const {
    const JsonValue* value = get(key, JsonValue::Type::boolean);
    return value == nullptr ? otherwise : value->boolean();
  }
  [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t otherwise) const {
    const JsonValue* value = get(key, JsonValue::Type::integer);
    return value == nullptr ? otherwise : value->integer();
  }
  [[nodiscard]] std::string text(std::string_view key) const {
    const JsonValue* value = get(key, JsonValue::Type::string);
    return value == nullptr ? std::string() : value->string();
  }
  [[nodiscard]] std::vector<std::int64_t> numbers(std::string_view key) const {
    std::vector<std::int64_t> all;
    for (const JsonValue& item : items(key, JsonValue::Type::integer)) all.push_back(item.integer());
    return all;
  }
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> all;
    for (const JsonValue& item : items(key, JsonValue::Type::string)) all.push_back(item.string());
    return all;
  }

 private:
  [[nodiscard]] const JsonValue* get(std::string_view key, JsonValue::Type type) const {
    const JsonValue* value = object_ == nullptr ? nullptr : object_->find(key);
    if (value == nullptr || value->is(type)) return value;
    spoilt_ = true;
    return nullptr;
  }
  // Empty unless all items have the type.
  [[nodiscard]] const std::vector<JsonValue>& items(std::string_view key, JsonValue::Type type) const {
    static const std::vector<JsonValue> kNothing;
    const JsonValue* value = get(key, JsonValue::Type::array);
    if (value == nullptr) return kNothing;
    for (const JsonValue& item : value->items()) {
      if (!item.is(type)) {
        spoilt_ = true;
        return kNothing;
      }
    }
    return value->items();
  }

  const JsonValue* object_;
  bool& spoilt_;
};

}  // namespace stocktracker::inline v0::testing::world
