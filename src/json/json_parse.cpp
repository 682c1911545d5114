// Reads a JSON text into nodes: the tokens are simdjson's, which has also checked UTF-8; the grammar is checked here,
// so that numbers keep their digits.
#include <algorithm>
#include <cstring>

#include "json/json_tree.hpp"
#include "json/tokens.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};
/// Objects with more members are sorted to find two of one name.
constexpr std::uint32_t kComparedInPairs = 16;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Length of the number at the front of a text that ends with another character, 0 if there is none.
std::size_t number_length(const char* text) noexcept {
  const char* at = text;
  const auto digits = [&at] {
    const char* const from = at;
    while (is_digit(*at)) ++at;
    return at != from;
  };
  if (*at == '-') ++at;
  if (*at == '0') {
    ++at;
  } else if (!digits()) {
    return 0;
  }
  if (*at == '.' && (++at, !digits())) return 0;
  if (*at == 'e' || *at == 'E') {
    ++at;
    if (*at == '+' || *at == '-') ++at;
    if (!digits()) return 0;
  }
  return static_cast<std::size_t>(at - text);
}

/// The value of four hexadecimal digits, or a number above 0xFFFF.
std::uint32_t hex_code(const char* digits) noexcept {
  std::uint32_t code = 0;
  for (int n = 0; n < 4; ++n) {
    const char c = digits[n];
    const char lower = static_cast<char>(c | 0x20);
    if (is_digit(c)) {
      code = code << 4U | static_cast<std::uint32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      code = code << 4U | static_cast<std::uint32_t>(lower - 'a' + 10);
    } else {
      return kNone;
    }
  }
  return code;
}

char* put_utf8(char* out, std::uint32_t code) noexcept {
  const auto put = [&out](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
    return out;
  }
  if (code < 0x800) {
    put(0xC0U | code >> 6U);
  } else {
    if (code < 0x10000) {
      put(0xE0U | code >> 12U);
    } else {
      put(0xF0U | code >> 18U);
      put(0x80U | (code >> 12U & 0x3FU));
    }
    put(0x80U | (code >> 6U & 0x3FU));
  }
  put(0x80U | (code & 0x3FU));
  return out;
}

/// Reads the escape at `from`, which stands on a backslash, and moves both behind it. False: no valid escape. The
/// closing quote stands at `end`; an escape is never shorter than the character that it stands for.
bool unescape_one(const char*& from, const char* end, char*& out) noexcept {
  constexpr std::string_view kShort = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  constexpr std::ptrdiff_t kCode = 6;  // \uXXXX
  if (const std::size_t found = kShort.find(from[1]); found != std::string_view::npos) {
    *out++ = kMeant[found];
    from += 2;
    return true;
  }
  if (from[1] != 'u' || end - from < kCode) return false;
  std::uint32_t code = hex_code(from + 2);
  from += kCode;
  if (code >= 0xDC00 && code < 0xE000) return false;  // the second half of a pair without the first
  if (code >= 0xD800 && code < 0xDC00) {
    if (end - from < kCode || from[0] != '\\' || from[1] != 'u') return false;
    const std::uint32_t low = hex_code(from + 2);
    if (low < 0xDC00 || low >= 0xE000) return false;
    code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    from += kCode;
  }
  if (code == kNone) return false;
  out = put_utf8(out, code);
  return true;
}

/// Decodes a string in place, from its first escape on. Returns its new end, or null.
char* unescape(char* first_escape, const char* end) noexcept {
  const char* from = first_escape;
  char* out = first_escape;
  while (from != end) {
    if (!unescape_one(from, end, out)) return nullptr;
    const auto left = static_cast<std::size_t>(end - from);
    const void* found = std::memchr(from, '\\', left);
    const auto plain = found == nullptr ? left : static_cast<std::size_t>(static_cast<const char*>(found) - from);
    std::memmove(out, from, plain);
    out += plain;
    from += plain;
  }
  return out;
}

class Parser {
 public:
  Parser(JsonTree& tree, int max_depth) noexcept : tree_(tree), max_depth_(max_depth) {}

  Result<void> run() {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    tree_.text.reserve(tree_.text.size() + json::kPadding);
    text_ = tree_.text.data();
    end_ = text_ + tree_.text.size();
    char* const from = text_ + (tree_.text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    if (const char* problem = tokens_.index(from, static_cast<std::size_t>(end_ - from)); problem != nullptr) {
      return json_text_error(tree_.code, std::string("is not JSON: ") + problem);
    }
    // At most every second token begins a value: names and elements have a colon, a comma or a bracket behind them.
    tree_.nodes.reserve(tokens_.left() / 2 + 1);
    STK_TRY(value());
    while (open_ != kNone) {
      STK_TRY(next_in_open());
    }
    return tokens_.at_end() ? Result<void>(success()) : fail("the end of the text was expected");
  }

 private:
  JsonNode& open() noexcept { return tree_.nodes[open_]; }
  std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(tree_.nodes.size()); }
  /// Of the value that is read, in the open array or object. A name is read before its member is counted, and nobody
  /// asks for its index.
  std::uint32_t index() const noexcept {
    const std::uint32_t size = open_ == kNone ? 0 : tree_.nodes[open_].size();
    return size == 0 ? 0 : size - 1;
  }
  std::uint32_t offset(const char* at) const noexcept { return static_cast<std::uint32_t>(at - text_); }

  /// The end of the open array or object, or its next element.
  Result<void> next_in_open() {
    const bool object = open().type() == JsonType::object;
    if (tokens_.take(object ? '}' : ']')) return close();
    if (open().size() > 0 && !tokens_.take(',')) {
      return fail(object ? "a comma or the end of the object was expected"
                         : "a comma or the end of the array was expected");
    }
    if (object) {
      if (tokens_.kind() != '"') return fail("the name of a member was expected");
      STK_TRY(string());
      if (!tokens_.take(':')) return fail("a colon was expected");
    }
    open().count_one();
    return value();
  }

  Result<void> value() {
    switch (tokens_.kind()) {
      case '{':
        return begin(JsonType::object);
      case '[':
        return begin(JsonType::array);
      case '"':
        return string();
      case 't':
        return word("true", JsonType::boolean);
      case 'f':
        return word("false", JsonType::boolean);
      case 'n':
        return word("null", JsonType::null);
      default:
        return number();
    }
  }

  Result<void> begin(JsonType type) {
    if (depth_ >= max_depth_) return fail("the nesting is too deep");
    ++depth_;
    tree_.nodes.push_back(JsonNode::open(type, open_, index()));
    open_ = count() - 1;
    tokens_.next();
    return success();
  }

  Result<void> close() {
    const std::uint32_t closed = open_;
    open_ = open().holder();
    tree_.nodes[closed].close(count());
    --depth_;
    return tree_.nodes[closed].type() == JsonType::object ? refuse_duplicates(closed) : success();
  }

  Result<void> string() {
    char* const from = text_ + offset(tokens_.here()) + 1;
    tokens_.next();
    // What follows the closing quote is blank up to the next token.
    const char* const behind = tokens_.at_end() ? end_ : tokens_.here();
    const char* quote = behind - 1;
    while (quote > from && *quote != '"') --quote;
    if (quote < from || *quote != '"') return fail("a string has no end");
    const char* end = quote;
    if (void* escape = std::memchr(from, '\\', static_cast<std::size_t>(quote - from)); escape != nullptr) {
      end = unescape(static_cast<char*>(escape), quote);
      if (end == nullptr) return fail_at(from, "a string has an invalid escape");
    }
    return add(from, static_cast<std::size_t>(end - from), JsonType::string);
  }

  Result<void> word(std::string_view word, JsonType type) {
    const char* const from = tokens_.here();
    if (std::string_view(from, std::min(word.size(), static_cast<std::size_t>(end_ - from))) != word ||
        !ends_at(from + word.size())) {
      return fail("a value was expected");
    }
    tokens_.next();
    return add(from, word.size(), type);
  }

  Result<void> number() {
    const char* const from = tokens_.here();
    const std::size_t length = number_length(from);  // a zero byte follows the text
    if (length == 0 || !ends_at(from + length)) return fail("a value was expected");
    tokens_.next();
    return add(from, length, JsonType::number);
  }

  /// Whether a number or word may end here.
  bool ends_at(const char* at) const noexcept {
    return at == end_ || (*at != '\0' && std::strchr(" \t\n\r,]}", *at) != nullptr);
  }

  Result<void> add(const char* from, std::size_t size, JsonType type) {
    tree_.nodes.push_back(JsonNode::scalar(type, open_, index(), offset(from), static_cast<std::uint32_t>(size)));
    return success();
  }

  Result<void> refuse_duplicates(std::uint32_t object) {
    const auto& nodes = tree_.nodes;
    std::uint32_t second = kNone;
    if (nodes[object].size() <= kComparedInPairs) {
      for (std::uint32_t a = object + 1; a < count() && second == kNone; a = nodes[a + 1].next(a + 1)) {
        for (std::uint32_t b = object + 1; b != a; b = nodes[b + 1].next(b + 1)) {
          if (tree_.text_of(a) == tree_.text_of(b)) second = a;
        }
      }
    } else {
      names_.clear();
      for (std::uint32_t a = object + 1; a < count(); a = nodes[a + 1].next(a + 1)) names_.push_back(a);
      std::sort(names_.begin(), names_.end(),
                [this](std::uint32_t a, std::uint32_t b) { return tree_.text_of(a) < tree_.text_of(b); });
      const auto same = std::adjacent_find(names_.begin(), names_.end(), [this](std::uint32_t a, std::uint32_t b) {
        return tree_.text_of(a) == tree_.text_of(b);
      });
      if (same != names_.end()) second = std::max(same[0], same[1]);
    }
    if (second == kNone) return success();
    return json_error(tree_.code, json_path(tree_, second + 1), "appears twice");
  }

  /// The path of the value that is read, or that was read last.
  std::string path_here() const {
    if (open_ == kNone) return {};
    std::string path = json_path(tree_, open_);
    const JsonNode& holder = tree_.nodes[open_];
    if (holder.size() == 0) return path;
    if (holder.type() == JsonType::array) {
      append_json_index(path, holder.size() - 1);
    } else {
      std::uint32_t name = open_ + 1;
      for (std::uint32_t n = 1; n < holder.size(); ++n) name = tree_.nodes[name + 1].next(name + 1);
      append_json_name(path, tree_.text_of(name));
    }
    return path;
  }

  Error fail(std::string_view what) const { return fail_at(tokens_.here(), what); }
  Error fail_at(const char* at, std::string_view what) const {
    std::string message = "is not JSON: " + std::string(at >= end_ ? "it ends early: " : "") + std::string(what);
    message.append(" at byte ").append(std::to_string(offset(at)));
    const std::string path = path_here();
    if (!path.empty()) message.append(", in or behind ").append(path);
    Error error = json_text_error(tree_.code, message);
    return path.empty() ? error : std::move(error).about(path);
  }

  JsonTree& tree_;
  const int max_depth_;
  json::Tokens tokens_;
  char* text_ = nullptr;
  const char* end_ = nullptr;
  int depth_ = 0;
  std::uint32_t open_ = kNone;  ///< the array or object that is read
  std::vector<std::uint32_t> names_;
};

}  // namespace

Result<void> parse_json(JsonTree& tree, int max_depth) { return Parser(tree, max_depth).run(); }

}  // namespace stocktracker::inline v0
