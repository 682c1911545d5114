// Escapes, numbers and nesting.
#include <stocktracker/core/json_writer.hpp>

#include <array>
#include <cassert>
#include <charconv>

#include "core/utf8.hpp"

namespace stocktracker::inline v0 {
namespace {

/// For a well-formed character below U+10000.
void append_code(std::string& out, std::string_view character) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(character[at])); };
  unsigned code = byte(0);
  if (character.size() == 2) code = (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
  if (character.size() == 3) code = (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
  out += "\\u";
  for (const unsigned shift : {12U, 8U, 4U, 0U}) out += kDigits[(code >> shift) & 0x0FU];
}

void append_escaped(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t plain_from = at;
    while (at < text.size() && static_cast<unsigned char>(text[at]) >= 0x20 &&
           static_cast<unsigned char>(text[at]) < 0x7F && text[at] != '"' && text[at] != '\\') {
      ++at;
    }
    out.append(text, plain_from, at - plain_from);
    if (at == text.size()) return;
    const char c = text[at];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
      ++at;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr std::string_view kShort = "btnvfr";  // 8 to 13; \v has no short form
      if (c >= '\b' && c <= '\r' && c != '\v') {
        out += '\\';
        out += kShort[static_cast<std::size_t>(c - '\b')];
      } else {
        append_code(out, text.substr(at, 1));
      }
      ++at;
    } else {
      const std::size_t length = utf8_length(text.substr(at));
      if (length == 0) {
        out += "\xEF\xBF\xBD";
        ++at;
        continue;
      }
      // Programs decode an escape; a terminal that shows the JSON must not obey the character.
      const std::string_view character = text.substr(at, length);
      if (is_invisible_control(character)) {
        append_code(out, character);
      } else {
        out.append(character);
      }
      at += length;
    }
  }
}

template <class I>
void append_number(std::string& out, I value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

}  // namespace

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_item_.empty()) return;
  if (has_item_.back()) out_ += ',';
  has_item_.back() = true;
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_ += '{';
  has_item_.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  assert(!has_item_.empty() && !after_key_);
  has_item_.pop_back();
  out_ += '}';
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  out_ += '[';
  has_item_.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  assert(!has_item_.empty() && !after_key_);
  has_item_.pop_back();
  out_ += ']';
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  assert(!after_key_);
  separate();
  out_ += '"';
  append_escaped(out_, name);
  out_ += "\":";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  out_ += '"';
  append_escaped(out_, text);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::unsigned_integer(std::uint64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::decimal(std::string_view number) {
  assert(!number.empty() && number.find_first_not_of("-0123456789.") == std::string_view::npos);
  separate();
  out_ += number;
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_ += "null";
  return *this;
}

}  // namespace stocktracker::inline v0
