// Parses JSON documents.
#include "testing/world/core/json.hpp"

#include <charconv>
#include <utility>

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr int kDeepest = 64;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xC0 | (code >> 6));
  } else {
    if (code < 0x10000) {
      byte(0xE0 | (code >> 12));
    } else {
      byte(0xF0 | (code >> 18));
      byte(0x80 | ((code >> 12) & 0x3F));
    }
    byte(0x80 | ((code >> 6) & 0x3F));
  }
  byte(0x80 | (code & 0x3F));
}

}  // namespace

class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : text_(text) {}

  bool document(JsonValue& value) {
    if (!parse(value, 0)) return false;
    skip_space();
    return at_ == text_.size();
  }

 private:
  bool parse(JsonValue& value, int depth) {
    skip_space();
    if (depth > kDeepest || at_ == text_.size()) return false;
    switch (text_[at_]) {
      case '{':
        return object(value, depth);
      case '[':
        return array(value, depth);
      case '"':
        value.type_ = JsonValue::Type::string;
        return string(value.text_);
      case 't':
        value.integer_ = 1;
        return word("true", value, JsonValue::Type::boolean);
      case 'f':
        return word("false", value, JsonValue::Type::boolean);
      case 'n':
        return word("null", value, JsonValue::Type::null);
      default:
        return number(value);
    }
  }

  bool object(JsonValue& value, int depth) {
    value.type_ = JsonValue::Type::object;
    ++at_;
    if (take('}')) return true;
    do {
      skip_space();
      std::string key;
      if (at_ == text_.size() || text_[at_] != '"' || !string(key) || !take(':')) return false;
      JsonValue member;
      if (!parse(member, depth + 1)) return false;
      value.keys_.push_back(std::move(key));
      value.items_.push_back(std::move(member));
    } while (take(','));
    return take('}');
  }

  bool array(JsonValue& value, int depth) {
    value.type_ = JsonValue::Type::array;
    ++at_;
    if (take(']')) return true;
    do {
      JsonValue item;
      if (!parse(item, depth + 1)) return false;
      value.items_.push_back(std::move(item));
    } while (take(','));
    return take(']');
  }

  bool string(std::string& out) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        out += c;
      } else if (!escape(out)) {
        return false;
      }
    }
    return false;
  }

  bool escape(std::string& out) {
    if (at_ == text_.size()) return false;
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kBytes = "\"\\/\b\f\n\r\t";
    const char name = text_[at_++];
    if (const std::size_t known = kNames.find(name); known != std::string_view::npos) {
      out += kBytes[known];
      return true;
    }
    std::uint32_t code = 0;
    if (name != 'u' || !hex(code)) return false;
    if (code >= 0xD800 && code < 0xDC00) {
      std::uint32_t low = 0;
      if (text_.substr(at_, 2) != "\\u") return false;
      at_ += 2;
      if (!hex(low) || low < 0xDC00 || low > 0xDFFF) return false;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
      return false;
    }
    append_utf8(out, code);
    return true;
  }

  bool hex(std::uint32_t& code) {
    const std::string_view digits = text_.substr(at_, 4);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 4 || parsed.ec != std::errc{} || parsed.ptr != digits.data() + 4) return false;
    at_ += 4;
    return true;
  }

  bool number(JsonValue& value) {
    const std::size_t from = at_;
    if (text_[at_] == '-') ++at_;
    if (at_ == text_.size() || !is_digit(text_[at_])) return false;
    if (text_[at_] == '0') {
      ++at_;
    } else {
      digits();
    }
    bool is_integer = true;
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      is_integer = false;
      if (!digits()) return false;
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      is_integer = false;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!digits()) return false;
    }
    const bool fits = std::from_chars(text_.data() + from, text_.data() + at_, value.integer_).ec == std::errc{};
    value.type_ = is_integer && fits ? JsonValue::Type::integer : JsonValue::Type::number;
    return true;
  }

  bool digits() {
    const std::size_t from = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > from;
  }

  bool word(std::string_view expected, JsonValue& value, JsonValue::Type type) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    value.type_ = type;
    return true;
  }

  bool take(char expected) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != expected) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<JsonValue> JsonValue::parse(std::string_view text) {
  std::optional<JsonValue> value(std::in_place);
  if (!JsonParser(text).document(*value)) value.reset();
  return value;
}

const JsonValue* JsonValue::find(std::string_view key) const noexcept {
  for (std::size_t n = keys_.size(); n-- > 0;) {
    if (keys_[n] == key) return items_[n].is(Type::null) ? nullptr : &items_[n];
  }
  return nullptr;
}

}  // namespace stocktracker::inline v0::testing::world
