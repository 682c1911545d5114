// Parses a body once, and reads values by name.
#include "json/document.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <utility>

#include "json/simdjson.hpp"

namespace stocktracker::inline v0::json {

namespace dom = simdjson::dom;
static_assert(sizeof(dom::element) == 2 * sizeof(std::uint64_t));

struct Value::Access {
  static Value wrap(dom::element element) noexcept {
    Value value;
    value.element_ = std::bit_cast<std::array<std::uint64_t, 2>>(element);
    value.exists_ = true;
    return value;
  }
  static dom::element unwrap(const Value& value) noexcept { return std::bit_cast<dom::element>(value.element_); }
};

struct Document::State {
  dom::parser parser;
  dom::element root;
};

namespace {

/// Pages come one after another: each thread reuses the memory of its last document. Large buffers are not kept, so
/// that idle threads hold little memory.
constexpr std::size_t kKept = std::size_t{1} << 20;

/// Some servers write a byte order mark before their JSON, which the grammar does not permit.
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// True if the number at [from, to) of a text fits into a type of this library.
bool fits(const char* from, const char* to) noexcept {
  const std::string_view number(from, static_cast<std::size_t>(to - from));
  if (number.find_first_of(".eE") == std::string_view::npos) {
    std::int64_t parsed = 0;
    return std::from_chars(from, to, parsed).ec != std::errc::result_out_of_range;
  }
  double real = 0;
  return std::from_chars(from, to, real).ec != std::errc::result_out_of_range;
}

/// Replaces numbers that fit into no type of this library by null: then only the row with the number is odd, and its
/// neighbours are not.
std::string without_vast_numbers(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      std::size_t end = at + 1;
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      end = std::min(text.size(), end + 1);
      out.append(text.substr(at, end - at));
      at = end;
      continue;
    }
    const bool number = text[at] == '-' || (text[at] >= '0' && text[at] <= '9');
    std::size_t end = at + 1;
    if (number) end = std::min(text.size(), text.find_first_not_of("+-.eE0123456789", at));
    const bool vast = number && !fits(text.data() + at, text.data() + end);
    out.append(vast ? std::string_view("null") : text.substr(at, end - at));
    at = end;
  }
  return out;
}

}  // namespace

struct Document::Spare {
  static std::unique_ptr<State>& here() noexcept {
    thread_local std::unique_ptr<State> spare;
    return spare;
  }
};

Document::Document(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() {
  if (state_ && state_->parser.capacity() <= kKept) Spare::here() = std::move(state_);
}

Result<Document> Document::parse(std::string_view text) {
  auto state = std::move(Spare::here());
  if (!state) state = std::make_unique<State>();
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  // The parser copies into a padded buffer of its own, so that small documents need no padding by their callers.
  auto code = state->parser.parse(text.data(), text.size(), true).get(state->root);
  if (code == simdjson::NUMBER_ERROR) {
    const std::string readable = without_vast_numbers(text);
    code = state->parser.parse(readable.data(), readable.size(), true).get(state->root);
  }
  if (code != simdjson::SUCCESS) {
    return Error(Errc::vendor_schema, std::string("not a JSON document: ") + simdjson::error_message(code));
  }
  return Document(std::move(state));
}

Value Document::root() const noexcept { return Value::Access::wrap(state_->root); }

bool Value::is_null() const noexcept { return exists_ && Access::unwrap(*this).is_null(); }
bool Value::is_array() const noexcept { return exists_ && Access::unwrap(*this).is_array(); }
bool Value::is_object() const noexcept { return exists_ && Access::unwrap(*this).is_object(); }

Value Value::operator[](std::string_view name) const noexcept {
  dom::element member;
  if (!is_object() || Access::unwrap(*this).at_key(name).get(member) != simdjson::SUCCESS) return {};
  return Access::wrap(member);
}

std::optional<std::int64_t> Value::integer() const noexcept {
  std::int64_t number = 0;
  if (!exists_ || Access::unwrap(*this).get_int64().get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::optional<std::string> Value::decimal() const {
  if (const auto number = integer()) return std::to_string(*number);
  double number = 0;
  if (!exists_ || Access::unwrap(*this).get_double().get(number) != simdjson::SUCCESS) return std::nullopt;
  // The shortest text that reads back as the same double.
  std::array<char, 400> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed);
  if (end.ec != std::errc()) return std::nullopt;
  return std::string(digits.data(), end.ptr);
}

std::optional<bool> Value::boolean() const noexcept {
  bool value = false;
  if (!exists_ || Access::unwrap(*this).get_bool().get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<std::string_view> Value::text() const noexcept {
  std::string_view text;
  if (!exists_ || Access::unwrap(*this).get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

Result<bool> Value::each(FunctionRef<Result<void>(Value)> item) const {
  dom::array array;
  if (!exists_ || Access::unwrap(*this).get_array().get(array) != simdjson::SUCCESS) return false;
  for (const dom::element element : array) {
    STK_TRY(item(Access::wrap(element)));
  }
  return true;
}

Result<bool> Value::each_member(FunctionRef<Result<void>(std::string_view, Value)> member) const {
  dom::object object;
  if (!exists_ || Access::unwrap(*this).get_object().get(object) != simdjson::SUCCESS) return false;
  for (const dom::key_value_pair pair : object) {
    STK_TRY(member(pair.key, Access::wrap(pair.value)));
  }
  return true;
}

}  // namespace stocktracker::inline v0::json
