/// @file
/// Reading the members of one object into cells, in place.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "json/cells.hpp"
#include "json/tokens.hpp"

namespace stocktracker::inline v0::json {

/// Result of reading an object.
enum class Reading : unsigned char {
  whole,
  cut,   ///< the text ends too early: a wrong cut, or a broken body
  wrong  ///< a member does not have the required type
};

/// Raw text that ends with its quote, at most sixteen bytes: compared as two integers, which padding permits.
class ShortName {
 public:
  static constexpr std::size_t kMost = 16;

  ShortName() = default;
  explicit ShortName(std::string_view with_quote) noexcept {
    std::array<char, kMost> ones{};
    std::memset(ones.data(), 0xFF, with_quote.size());
    std::memcpy(mask_.data(), ones.data(), kMost);
    std::array<char, kMost> text{};
    with_quote.copy(text.data(), kMost);
    std::memcpy(want_.data(), text.data(), kMost);
  }
  [[nodiscard]] bool is(const char* raw) const noexcept {
    std::array<std::uint64_t, 2> there;
    std::memcpy(there.data(), raw, kMost);
    return (((there[0] ^ want_[0]) & mask_[0]) | ((there[1] ^ want_[1]) & mask_[1])) == 0;
  }

 private:
  std::array<std::uint64_t, 2> want_{};
  std::array<std::uint64_t, 2> mask_{};
};

/// Remembers the order of members of the last object: rows are alike, so one comparison finds each member.
class CellReader {
 public:
  /// `nested` names a member that holds an array, or is empty.
  CellReader(std::string_view body, std::span<const Field> fields, std::string_view nested = {})
      : body_(body), fields_(fields), nested_(nested) {}

  /// The problem of the last object that was cut or wrong, and the member.
  [[nodiscard]] std::string_view problem() const noexcept { return problem_; }
  [[nodiscard]] std::string_view member() const noexcept { return member_; }

  /// Fills a cell for each field. `nested()` takes the nested array, or skips it.
  template <class Nested>
  Reading read(Tokens& tokens, Cell* cells, Nested&& nested) {
    for (std::size_t at = 0; at < fields_.size(); ++at) cells[at].present = false;
    if (!tokens.take('{')) return cut("a row is not an object");
    if (tokens.take('}')) return Reading::whole;
    for (std::size_t nth = 0;; ++nth) {
      if (tokens.kind() != '"') return cut("a member has no name");
      const char* const key = tokens.here() + 1;
      tokens.next();
      if (!tokens.take(':')) return cut("a member has no value");
      const Wanted wanted = nth < known_count_ && known_[nth].name.is(key) ? known_[nth].wanted : look_up(nth, key);
      if (wanted.field >= 0) {
        const Reading read = fill(tokens, wanted, cells[wanted.field]);
        if (read != Reading::whole) return read;
      } else if (wanted.field == kNested) {
        const Reading inner = nested();
        if (inner != Reading::whole) return inner;
      } else if (wanted.field <= kFirstList) {
        const Reading list = fill_texts(tokens, kFirstList - wanted.field, cells);
        if (list != Reading::whole) return list;
      } else if (!tokens.skip_value()) {
        return cut("a member has no value");
      }
      if (tokens.take(',')) continue;
      return tokens.take('}') ? Reading::whole : cut("an object has no end");
    }
  }

  /// While it is set, a member of another type counts as absent: to find out the subject of a row that is wrong.
  void read_leniently(bool lenient) noexcept { lenient_ = lenient; }

  /// The name of a required member that is missing; empty if none is.
  [[nodiscard]] std::string_view missing(const Cell* cells) const noexcept {
    for (std::size_t at = 0; at < fields_.size(); ++at) {
      if (fields_[at].required && !cells[at].present) return fields_[at].name;
    }
    return {};
  }

  Reading cut(std::string_view why) noexcept {
    problem_ = why;
    return Reading::cut;
  }
  [[nodiscard]] static bool is_null(const char* text) noexcept {
    return std::memcmp(text, "null", 4) == 0 && ends_value(text[4]);
  }
  Reading wrong(std::string_view member, std::string_view what) noexcept {
    member_ = member;
    problem_ = what;
    return Reading::wrong;
  }

 private:
  static constexpr int kSkipped = -1;
  static constexpr int kNested = -2;
  static constexpr int kFirstList = -3;  // lists of texts are counted down from here: rare, and kept out of the way
  struct Wanted {
    std::int32_t field = kSkipped;
    FieldType type = FieldType::integer;
  };
  struct Known {
    ShortName name;
    Wanted wanted;
  };

  [[nodiscard, gnu::noinline]] Wanted look_up(std::size_t nth, const char* key) {
    const auto from = static_cast<std::size_t>(key - body_.data());
    const std::size_t end = body_.find('"', from);
    Wanted found;
    if (end == std::string_view::npos) return found;
    const std::string_view name = body_.substr(from, end - from);
    if (!nested_.empty() && name == nested_) found.field = kNested;
    for (std::size_t at = 0; at < fields_.size() && found.field == kSkipped; ++at) {
      if (name != fields_[at].name) continue;
      const auto field = static_cast<std::int32_t>(at);
      found = {fields_[at].type == FieldType::texts ? kFirstList - field : field, fields_[at].type};
    }
    if (name.size() < ShortName::kMost && nth <= known_count_ && nth < known_.size()) {
      known_[nth] = {ShortName(body_.substr(from, name.size() + 1)), found};
      known_count_ = std::max(known_count_, nth + 1);
    }
    return found;
  }

  // The inner loop of reading: a function call per member would cost a tenth of it.
  [[gnu::always_inline]] Reading fill(Tokens& tokens, Wanted wanted, Cell& cell) {
    if (cell.present) [[unlikely]]
      return named_twice(tokens, wanted);
    const char* const value = tokens.here();
    if (wanted.type == FieldType::text) {
      if (*value != '"') return refuse(tokens, wanted);
      tokens.next();
      const char* end = tokens.here();
      while (end[-1] != '"') --end;  // blanks alone stand between a text and the next token
      cell.raw = {value + 1, static_cast<std::size_t>(end - value - 1)};
      cell.present = true;
      return Reading::whole;
    }
    if (*value == '"') {
      cell.present = wanted.type == FieldType::whole && digits_of(value + 1, cell.integer);
    } else {
      cell.present = number_of(value, cell.integer);
    }
    if (!cell.present) return refuse(tokens, wanted);
    tokens.next();
    return Reading::whole;
  }

  [[gnu::noinline]] Reading fill_texts(Tokens& tokens, int field, Cell* cells) {
    const Wanted wanted{field, FieldType::texts};
    Cell& cell = cells[field];
    if (cell.present) return named_twice(tokens, wanted);
    if (tokens.kind() != '[') return refuse(tokens, wanted);
    const Tokens::Place begin = tokens.place();
    const char* const from = tokens.here() + 1;
    tokens.next();
    cell.integer = 0;
    while (tokens.kind() != ']' || cell.integer != 0) {
      if (tokens.kind() != '"') {
        const std::string_view name = fields_[static_cast<std::size_t>(field)].name;
        tokens.go(begin);
        if (lenient_) return tokens.skip_value() ? Reading::whole : cut("a list has no end");
        return tokens.skip_value() ? wrong(name, "is not a list of texts") : cut("a list has no end");
      }
      tokens.next();
      ++cell.integer;
      if (tokens.kind() == ']') break;
      if (!tokens.take(',')) return cut("a list has no end");
    }
    cell.raw = {from, static_cast<std::size_t>(tokens.here() - from)};
    cell.present = true;
    tokens.next();
    return Reading::whole;
  }

  [[gnu::noinline]] Reading named_twice(Tokens& tokens, Wanted wanted) noexcept {
    if (lenient_) return tokens.skip_value() ? Reading::whole : cut("a member has no value");
    return wrong(fields_[static_cast<std::size_t>(wanted.field)].name, "is named twice");
  }

  /// A value of another type than the member's; null counts as absent if that is allowed.
  [[gnu::noinline]] Reading refuse(Tokens& tokens, Wanted wanted) noexcept {
    const Field& field = fields_[static_cast<std::size_t>(wanted.field)];
    const bool null = is_null(tokens.here());
    if (!tokens.skip_value()) return cut("a member has no value");
    if (lenient_ || (!field.required && null)) return Reading::whole;
    return wrong(field.name, field.type == FieldType::text    ? "is not a text"
                             : field.type == FieldType::texts ? "is not a list of texts"
                                                              : "is not an integer of 64 bits");
  }

  /// Eight bytes, the first one lowest.
  static std::uint64_t word(const char* text) noexcept {
    std::uint64_t bytes;
    std::memcpy(&bytes, text, sizeof bytes);
    return bytes;
  }
  /// A digit's high half is 3, and stays so when 6 is added.
  static bool are_digits(std::uint64_t bytes) noexcept {
    constexpr std::uint64_t kHalves = 0xF0F0'F0F0'F0F0'F0F0;
    constexpr std::uint64_t kThrees = 0x3030'3030'3030'3030;
    return (bytes & kHalves) == kThrees && ((bytes + 0x0606'0606'0606'0606) & kHalves) == kThrees;
  }
  /// Neighbours are combined into numbers below a hundred, then below ten thousand, then into the result.
  static std::uint64_t value_of(std::uint64_t digits) noexcept {
    const std::uint64_t ones = digits & 0x0F0F'0F0F'0F0F'0F0F;
    const std::uint64_t pairs = (ones * 10 + (ones >> 8U)) & 0x00FF'00FF'00FF'00FF;
    const std::uint64_t fours = (pairs * 100 + (pairs >> 16U)) & 0x0000'FFFF'0000'FFFF;
    return (fours * 10'000 + (fours >> 32U)) & 0xFFFF'FFFF;
  }

  static bool ends_value(char c) noexcept {
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\0';
  }
  /// As the grammar has it: no sign but minus, no zero in front.
  static bool number_of(const char* text, std::int64_t& number) noexcept {
    const char* at = text + (*text == '-' ? 1 : 0);
    const char* const first = at;
    std::uint64_t sum = 0;
    if constexpr (std::endian::native == std::endian::little) {
      for (std::uint64_t eight = word(at); are_digits(eight); eight = word(at += 8)) {
        sum = sum * 100'000'000 + value_of(eight);
      }
    }
    for (; *at >= '0' && *at <= '9'; ++at) sum = sum * 10 + static_cast<std::uint64_t>(*at - '0');
    if (at == first || (*first == '0' && at - first > 1) || !ends_value(*at)) return false;
    if (at - first <= kNeverTooMany) {
      number = first == text ? static_cast<std::int64_t>(sum) : -static_cast<std::int64_t>(sum);
      return true;
    }
    return std::from_chars(text, at, number).ec == std::errc();
  }

  /// Of a text up to its closing quote, which is there: its end has been found already.
  static bool digits_of(const char* text, std::int64_t& number) noexcept {
    const char* end = text;
    while (*end != '"' && *end != '\\') ++end;
    const auto parsed = std::from_chars(text, end, number);
    return end > text && *end == '"' && parsed.ec == std::errc() && parsed.ptr == end;
  }

  static constexpr std::ptrdiff_t kNeverTooMany = 18;  // digits that 64 bits hold, whatever they are

  std::string_view body_;
  std::span<const Field> fields_;
  std::string_view nested_;
  std::array<Known, 32> known_{};
  std::size_t known_count_ = 0;
  bool lenient_ = false;
  std::string_view problem_;
  std::string_view member_;
};

}  // namespace stocktracker::inline v0::json
