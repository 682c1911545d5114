/// Reading the members of one object into cells, in place.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "json/cells.hpp"
#include "json/tokens.hpp"

namespace stocktracker::inline v0::json {

/// Result of reading an object.
enum class Reading : unsigned char {
  complete,
  cut,        ///< the text ends too early: a wrong cut, or a broken body
  bad_member  ///< a member does not have the required type
};

/// Raw text that ends with its quote, at most sixteen bytes: compared as two integers, which padding permits.
class ShortName {
 public:
  static constexpr std::size_t kMost = 16;

  /// A name that no text is.
  ShortName() noexcept { mask_.fill(~std::uint64_t{0}); }
  explicit ShortName(std::string_view with_quote) noexcept {
    std::array<char, kMost> ones{};
    std::memset(ones.data(), 0xFF, with_quote.size());
    std::memcpy(mask_.data(), ones.data(), kMost);
    std::array<char, kMost> text{};
    with_quote.copy(text.data(), kMost);
    std::memcpy(want_.data(), text.data(), kMost);
  }
  [[nodiscard]] bool is(const char* raw) const noexcept {
#ifdef __SSE2__
    const auto load = [](const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); };
    const __m128i same = _mm_cmpeq_epi8(_mm_and_si128(load(raw), load(mask_.data())), load(want_.data()));
    return _mm_movemask_epi8(same) == 0xFFFF;
#else
    std::array<std::uint64_t, 2> there;
    std::memcpy(there.data(), raw, kMost);
    return (((there[0] ^ want_[0]) & mask_[0]) | ((there[1] ^ want_[1]) & mask_[1])) == 0;
#endif
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
      : body_(body), fields_(fields), nested_(nested) {
    assert(fields.size() <= kMostFields);
    for (std::size_t at = 0; at < fields.size(); ++at) {
      all_ |= bit_of(at);
      if (fields[at].required) required_ |= bit_of(at);
    }
  }

  /// The problem of the last object that was cut or wrong, and the member.
  [[nodiscard]] std::string_view problem() const noexcept { return problem_; }
  [[nodiscard]] std::string_view member() const noexcept { return member_; }

  /// Fills a cell for each field. `nested()` takes the nested array, or skips it.
  template <class Nested>
  Reading read(Tokens& tokens, Cell* cells, Nested&& nested) {
    std::uint64_t seen = 0;
    const Reading reading = read_members(tokens, cells, seen, nested);
    note_seen(seen, cells);
    return reading;
  }

  /// While it is set, a member of another type counts as absent: to find out the subject of a row that is wrong.
  void read_leniently(bool lenient) noexcept { lenient_ = lenient; }

  /// The name of a required member that the last object lacks, or the present one so far; empty where it lacks none.
  [[nodiscard]] std::string_view missing() const noexcept {
    const std::uint64_t lacking = required_ & ~seen_;
    return lacking == 0 ? std::string_view() : fields_[static_cast<std::size_t>(std::countr_zero(lacking))].name;
  }

  Reading cut(std::string_view why) noexcept {
    problem_ = why;
    return Reading::cut;
  }
  [[nodiscard]] static bool is_null(const char* text) noexcept {
    return std::memcmp(text, "null", 4) == 0 && ends_value(text[4]);
  }
  Reading member_error(std::string_view member, std::string_view what) noexcept {
    member_ = member;
    problem_ = what;
    return Reading::bad_member;
  }

 private:
  static constexpr int kSkipped = -1;
  static constexpr int kNested = -2;
  static constexpr int kFirstList = -3;  // lists of texts are counted down from here: rare, and kept out of the way
  struct Wanted {
    std::int32_t field = kSkipped;
    FieldType type = FieldType::integer;
    std::uint64_t bit = 0;  ///< of the field
  };
  struct Known {
    ShortName name;
    Wanted wanted;
  };

  /// Finds the field of a member that stands at another place than in the last object, and remembers it at `known`.
  [[nodiscard, gnu::noinline]] const Wanted* look_up(Known* known, const char* key) {
    const auto from = static_cast<std::size_t>(key - body_.data());
    const std::size_t end = body_.find('"', from);
    looked_up_ = {};
    if (end == std::string_view::npos) return &looked_up_;
    const std::string_view name = body_.substr(from, end - from);
    if (!nested_.empty() && name == nested_) looked_up_.field = kNested;
    for (std::size_t at = 0; at < fields_.size() && looked_up_.field == kSkipped; ++at) {
      if (name != fields_[at].name) continue;
      const auto field = static_cast<std::int32_t>(at);
      const FieldType type = fields_[at].type;
      looked_up_ = {type == FieldType::texts ? kFirstList - field : field, type, bit_of(at)};
    }
    if (name.size() < ShortName::kMost && known != &known_.back()) {
      *known = {ShortName(body_.substr(from, name.size() + 1)), looked_up_};
    }
    return &looked_up_;
  }

  static constexpr std::uint64_t bit_of(std::size_t field) noexcept { return std::uint64_t{1} << field; }

  /// Cells of members that were not seen hold what an earlier object left in them.
  void note_seen(std::uint64_t seen, Cell* cells) noexcept {
    seen_ = seen;
    for (std::uint64_t rest = all_ & ~seen; rest != 0; rest &= rest - 1) cells[std::countr_zero(rest)].present = false;
  }

  // The heart of reading. The place among the tokens is a local variable, which the compiler keeps in a register, and
  // is given back to `tokens` before anything else uses them.
  template <class Nested>
  [[gnu::always_inline]] Reading read_members(Tokens& tokens, Cell* cells, std::uint64_t& seen, Nested&& nested) {
    const char* const text = tokens.text();
    Tokens::Place at = tokens.place();
    if (text[*at] != '{') return cut("a row is not an object");
    ++at;
    if (text[*at] == '}') {
      tokens.go(at + 1);
      return Reading::complete;
    }
    Known* known = known_.data();
    Known* const last = &known_.back();
    while (true) {
      const char* const key = text + *at + 1;
      if (key[-1] != '"') return cut("a member has no name");
      ++at;
      if (text[*at] != ':') return cut("a member has no value");
      ++at;
      const Wanted& wanted = known->name.is(key) ? known->wanted : *look_up(known, key);
      const char* const value = text + *at;
      if (wanted.field >= 0) {
        Cell& cell = cells[wanted.field];
        bool filled = false;
        // The next token: a comma or a bracket directly behind the value, as servers write them.
        if ((seen & wanted.bit) == 0) [[likely]] {
          filled = wanted.type == FieldType::text ? text_between(value, text + at[1], cell.raw)
                                                  : digits_between(value, at[1] - at[0], cell.integer);
        }
        if (filled) [[likely]] {
          cell.present = true;
          seen |= wanted.bit;
          ++at;
        } else {
          tokens.go(at);
          const Reading reading = read_unusual(tokens, wanted, cell, seen);
          if (reading != Reading::complete) return reading;
          at = tokens.place();
        }
      } else if (wanted.field == kSkipped && *value == '"') {
        ++at;
      } else {
        tokens.go(at);
        const Reading reading = read_other(tokens, wanted, cells, seen, nested);
        if (reading != Reading::complete) return reading;
        at = tokens.place();
      }
      const char behind = text[*at];
      ++at;
      if (behind == ',') {
        known = known == last ? last : known + 1;
        continue;
      }
      if (behind != '}') return cut("an object has no end");
      tokens.go(at);
      return Reading::complete;
    }
  }

  /// A field whose value is not a plain text or number with a comma or bracket behind it, or that is named twice.
  [[gnu::always_inline]] Reading read_unusual(Tokens& tokens, const Wanted& wanted, Cell& cell, std::uint64_t& seen) {
    const bool twice = (seen & wanted.bit) != 0;
    const Reading reading = twice ? named_twice(tokens, wanted) : fill(tokens, wanted, cell);
    if (reading == Reading::complete && cell.present) seen |= wanted.bit;
    return reading;
  }

  /// A member that is no field: nested rows, a list of texts, or something that nobody wants.
  template <class Nested>
  [[gnu::always_inline]] Reading read_other(Tokens& tokens, const Wanted& wanted, Cell* cells, std::uint64_t& seen,
                                            Nested& nested) {
    if (wanted.field == kNested) {
      note_seen(seen, cells);
      return nested();
    }
    if (wanted.field > kFirstList) return tokens.skip_value() ? Reading::complete : cut("a member has no value");
    const bool twice = (seen & wanted.bit) != 0;
    const Reading reading = twice ? named_twice(tokens, wanted) : fill_texts(tokens, wanted, cells);
    if (cells[kFirstList - wanted.field].present) seen |= wanted.bit;
    return reading;
  }

  /// A text that begins at `value`; the next token stands at `next`.
  [[gnu::always_inline]] static bool text_between(const char* value, const char* next, std::string_view& raw) noexcept {
    if (*value != '"') return false;
    while (next[-1] != '"') --next;  // blanks alone stand between a text and the next token
    raw = {value + 1, static_cast<std::size_t>(next - value - 1)};
    return true;
  }

  /// A value that the fast paths do not take: a sign, many digits, blanks behind a number, quoted digits, or none at
  /// all.
  [[gnu::noinline]] Reading fill(Tokens& tokens, const Wanted& wanted, Cell& cell) noexcept {
    const char* const value = tokens.here();
    cell.present = false;
    if (wanted.type != FieldType::text) {
      if (*value == '"') {
        cell.present = wanted.type == FieldType::lenient_integer && digits_of(value + 1, cell.integer);
      } else {
        cell.present = number_of(value, cell.integer);
      }
    }
    if (!cell.present) return refuse(tokens, wanted);
    tokens.next();
    return Reading::complete;
  }

  [[gnu::noinline]] Reading fill_texts(Tokens& tokens, const Wanted& wanted, Cell* cells) {
    const int field = kFirstList - wanted.field;
    Cell& cell = cells[field];
    cell.present = false;
    if (tokens.kind() != '[') return refuse(tokens, wanted);
    const Tokens::Place begin = tokens.place();
    const char* const from = tokens.here() + 1;
    tokens.next();
    cell.integer = 0;
    while (tokens.kind() != ']' || cell.integer != 0) {
      if (tokens.kind() != '"') {
        const std::string_view name = fields_[static_cast<std::size_t>(field)].name;
        tokens.go(begin);
        if (lenient_) return tokens.skip_value() ? Reading::complete : cut("a list has no end");
        return tokens.skip_value() ? member_error(name, "is not a list of texts") : cut("a list has no end");
      }
      tokens.next();
      ++cell.integer;
      if (tokens.kind() == ']') break;
      if (!tokens.take(',')) return cut("a list has no end");
    }
    cell.raw = {from, static_cast<std::size_t>(tokens.here() - from)};
    cell.present = true;
    tokens.next();
    return Reading::complete;
  }

  /// The field that a member fills.
  [[nodiscard]] const Field& field_of(const Wanted& wanted) const noexcept {
    return fields_[static_cast<std::size_t>(std::countr_zero(wanted.bit))];
  }

  [[gnu::noinline]] Reading named_twice(Tokens& tokens, const Wanted& wanted) noexcept {
    if (lenient_) return tokens.skip_value() ? Reading::complete : cut("a member has no value");
    return member_error(field_of(wanted).name, "is named twice");
  }

  /// Not a value of the member's type: null stands for an absent one where that is allowed.
  [[gnu::noinline]] Reading refuse(Tokens& tokens, const Wanted& wanted) noexcept {
    const Field& field = field_of(wanted);
    const bool null = is_null(tokens.here());
    if (!tokens.skip_value()) return cut("a member has no value");
    if (lenient_ || (!field.required && null)) return Reading::complete;
    return member_error(field.name, field.type == FieldType::text    ? "is not a text"
                                    : field.type == FieldType::texts ? "is not a list of texts"
                                                                     : "is not an integer of 64 bits");
  }

  /// Eight bytes, the first one lowest.
  static std::uint64_t word(const char* text) noexcept {
    std::uint64_t bytes;
    std::memcpy(&bytes, text, sizeof bytes);
    return bytes;
  }
  /// Eight digits, each a byte from 0 to 9, the first one lowest: neighbours become numbers below a hundred, those
  /// below ten thousand, and those the number.
  static std::uint64_t value_of(std::uint64_t digits) noexcept {
    const std::uint64_t pairs = (digits * 10 + (digits >> 8U)) & 0x00FF'00FF'00FF'00FF;
    const std::uint64_t fours = (pairs * 100 + (pairs >> 16U)) & 0x0000'FFFF'0000'FFFF;
    return (fours * 10'000 + (fours >> 32U)) & 0xFFFF'FFFF;
  }
  /// The high bit of a byte is set in the result if one of the bytes up to it is above 9.
  static std::uint64_t above_nine(std::uint64_t bytes) noexcept { return (bytes + 0x7676'7676'7676'7676) | bytes; }

  /// The number that `size` bytes are, up to sixteen digits and nothing else. False for all other texts, which may
  /// still be numbers. Reads up to seven bytes beyond them.
  [[gnu::always_inline]] static bool digits_between(const char* text, std::uint32_t size,
                                                    std::int64_t& number) noexcept {
    constexpr std::uint64_t kZeros = 0x3030'3030'3030'3030;
    constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080;
    if constexpr (std::endian::native != std::endian::little) return false;
    if (size - 1 >= 16 || (*text == '0' && size != 1)) return false;
    std::uint64_t sum = 0;
    if (size <= 8) {
      const std::uint64_t digits = (word(text) ^ kZeros) << (64 - 8 * size);
      if ((above_nine(digits) & kHighBits) != 0) return false;
      sum = value_of(digits);
    } else {
      const std::uint64_t high = (word(text) ^ kZeros) << (128 - 8 * size);
      const std::uint64_t low = word(text + size - 8) ^ kZeros;
      if (((above_nine(high) | above_nine(low)) & kHighBits) != 0) return false;
      sum = value_of(high) * 100'000'000 + value_of(low);
    }
    number = static_cast<std::int64_t>(sum);
    return true;
  }

  static bool ends_value(char c) noexcept {
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\0';
  }
  /// As the grammar has it: no sign but minus, no zero in front.
  static bool number_of(const char* text, std::int64_t& number) noexcept {
    const char* at = text + (*text == '-' ? 1 : 0);
    const char* const first = at;
    std::uint64_t sum = 0;
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

  static constexpr std::size_t kMostFields = 64;
  static constexpr std::ptrdiff_t kNeverTooMany = 18;  // digits that 64 bits hold, whatever they are

  std::string_view body_;
  std::span<const Field> fields_;
  std::string_view nested_;
  std::uint64_t all_ = 0;          ///< a bit for each field,
  std::uint64_t required_ = 0;     ///< for each that is required,
  std::uint64_t seen_ = 0;         ///< and for each that the last object has
  std::array<Known, 33> known_{};  ///< by place; the last one stands for all later places, and is never set
  Wanted looked_up_;
  bool lenient_ = false;
  std::string_view problem_;
  std::string_view member_;
};

}  // namespace stocktracker::inline v0::json
