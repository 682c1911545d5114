#include "json/array_rows.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <vector>

#include "json/document.hpp"
#include "json/simdjson.hpp"

namespace stocktracker::inline v0::json {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kNone = std::string_view::npos;

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Error broken(std::string why) { return Error(Errc::vendor_schema, std::move(why)); }

/// A tolerant scan that finds where the array begins. Whether the text around it is valid is checked afterwards, on the
/// document without its rows.
class Finder {
 public:
  explicit Finder(std::string_view text) noexcept : text_(text) {}

  /// Index of the array's '[', or kNone.
  std::size_t find(std::span<const std::string_view> path) noexcept {
    for (const std::string_view name : path) {
      if (!take('{') || !enter(name)) return kNone;
    }
    skip_space();
    return at_ < text_.size() && text_[at_] == '[' ? at_ : kNone;
  }

 private:
  void skip_space() noexcept {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(char c) noexcept {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  /// Stands behind '{': goes to the value of the member `name`.
  bool enter(std::string_view name) noexcept {
    while (true) {
      skip_space();
      const std::size_t from = at_ + 1;
      if (!skip_string()) return false;
      const std::string_view key = text_.substr(from, at_ - 1 - from);
      if (!take(':')) return false;
      if (key == name) return true;
      if (!skip_value() || !take(',')) return false;
    }
  }
  bool skip_string() noexcept {
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return true;
      }
    }
    return false;
  }
  bool skip_value() noexcept {
    int depth = 0;
    skip_space();
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) return false;
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) return true;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// The last comma in (from, to) that stands between two objects, or kNone.
std::size_t last_border(std::string_view body, std::size_t from, std::size_t to) noexcept {
  while (to > from) {
    const std::size_t comma = body.rfind(',', to - 1);
    if (comma == kNone || comma <= from) return kNone;
    std::size_t before = comma - 1;
    while (before > from && is_space(body[before])) --before;
    std::size_t behind = comma + 1;
    while (behind < body.size() && is_space(body[behind])) ++behind;
    if (body[before] == '}' && behind < body.size() && body[behind] == '{') return comma;
    to = comma;
  }
  return kNone;
}

/// A parser that a thread keeps from one body to the next, as long as it is no larger than windows make it: pages come
/// one after another, and fresh memory costs more than what is read into it.
class Parser {
 public:
  Parser() : mine_(std::move(spare())) {
    if (!mine_) mine_ = std::make_unique<ondemand::parser>();
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() {
    if (mine_->capacity() <= kDefaultWindow) spare() = std::move(mine_);
  }
  ondemand::parser* operator->() noexcept { return mine_.get(); }

 private:
  static std::unique_ptr<ondemand::parser>& spare() noexcept {
    thread_local std::unique_ptr<ondemand::parser> one;
    return one;
  }
  std::unique_ptr<ondemand::parser> mine_;
};

/// Reads the rows of one window after another; remembers how many rows were delivered, so that a window that turns out
/// to be cut in a wrong place can be read again, larger.
class RowReader {
 public:
  RowReader(std::string_view body, std::size_t capacity, std::span<const Field> fields,
            FunctionRef<Result<void>(std::span<const Cell>)> row)
      : body_(body), capacity_(capacity), fields_(fields), row_(row), cells_(fields.size()) {}

  [[nodiscard]] std::size_t delivered() const noexcept { return delivered_; }

  /// `body[from]` is '[' and `body[to]` is ']'. True when every row was read, false when the text ends too early, which
  /// means a wrong cut or a broken body. Failures of the rows themselves are failures.
  Result<bool> read(std::size_t from, std::size_t to, std::size_t skip) {
    window_end_ = to;
    ondemand::document document;
    problem_.clear();
    auto code = parser_->iterate(body_.data() + from, to + 1 - from, capacity_ - from).get(document);
    ondemand::array array;
    if (code == simdjson::SUCCESS) code = document.get_array().get(array);
    if (code != simdjson::SUCCESS) return note(code);
    std::size_t seen = 0;
    for (auto item : array) {
      ondemand::object object;
      code = item.get_object().get(object);
      if (code != simdjson::SUCCESS) return note(code);
      STK_TRY(const bool whole, read_row(object));
      if (!whole) return false;
      if (seen++ < skip) continue;
      STK_TRY(check_required());
      STK_TRY(row_(cells_));
      ++delivered_;
    }
    // A bracket inside the window closed the array: what stands behind it has not been judged.
    if (document.current_location().error() == simdjson::SUCCESS) {
      problem_ = "the array ends early";
      return false;
    }
    return true;
  }

  [[nodiscard]] Error failure() const {
    return broken("row " + std::to_string(delivered_) + ": " + (problem_.empty() ? "cut off" : problem_));
  }

 private:
  bool note(simdjson::error_code code) {
    problem_ = simdjson::error_message(code);
    return false;
  }

  Result<bool> read_row(ondemand::object& object) {
    for (Cell& cell : cells_) cell.present = false;
    std::size_t expected = 0;  // members mostly come in the order of the documentation
    for (auto member : object) {
      ondemand::field field;
      auto code = std::move(member).get(field);
      if (code != simdjson::SUCCESS) return note(code);
      const ondemand::raw_json_string key = field.key();
      std::size_t at = expected;
      if (at >= fields_.size() || !key.unsafe_is_equal(fields_[at].name)) {
        at = 0;
        while (at < fields_.size() && !key.unsafe_is_equal(fields_[at].name)) ++at;
        if (at == fields_.size()) continue;
      }
      expected = at + 1;
      Cell& cell = cells_[at];
      if (cell.present) return wrong(at, "is named twice");
      ondemand::value value = field.value();
      if (fields_[at].type != FieldType::text) {
        code = value.get_int64().get(cell.integer);
        if (code == simdjson::INCORRECT_TYPE && fields_[at].type == FieldType::whole) {
          ondemand::raw_json_string raw;
          if (value.get_raw_json_string().get(raw) == simdjson::SUCCESS) {
            if (!digits_of(raw.raw(), cell.integer)) return wrong(at, "is not a whole number of 64 bits");
            code = simdjson::SUCCESS;
          }
        }
      } else {
        ondemand::raw_json_string raw;
        code = value.get_raw_json_string().get(raw);
        if (code == simdjson::SUCCESS) {
          const auto offset = static_cast<std::size_t>(raw.raw() - body_.data());
          cell.raw = body_.substr(offset, window_end_ - offset);
        }
      }
      if (code == simdjson::INCORRECT_TYPE || code == simdjson::NUMBER_ERROR || code == simdjson::NUMBER_OUT_OF_RANGE) {
        if (!fields_[at].required && value.is_null().value_unsafe()) continue;
        return wrong(at, fields_[at].type == FieldType::text ? "is not a text" : "is not a whole number of 64 bits");
      }
      if (code != simdjson::SUCCESS) return note(code);
      cell.present = true;
    }
    return true;
  }

  /// Of a text up to its closing quote, which is there: its end has been found already.
  static bool digits_of(const char* text, std::int64_t& number) noexcept {
    const char* end = text;
    while (*end != '"' && *end != '\\') ++end;
    const auto parsed = std::from_chars(text, end, number);
    return end > text && *end == '"' && parsed.ec == std::errc() && parsed.ptr == end;
  }

  Result<void> check_required() const {
    for (std::size_t at = 0; at < fields_.size(); ++at) {
      if (fields_[at].required && !cells_[at].present) return wrong(at, "is missing");
    }
    return success();
  }

  Error wrong(std::size_t at, std::string_view what) const {
    const std::string where = "[" + std::to_string(delivered_) + "]." + std::string(fields_[at].name);
    return broken("row " + std::to_string(delivered_) + ": " + std::string(fields_[at].name) + " " + std::string(what))
        .about(where);
  }

  std::string_view body_;
  std::size_t capacity_;
  std::span<const Field> fields_;
  FunctionRef<Result<void>(std::span<const Cell>)> row_;
  Parser parser_;
  std::vector<Cell> cells_;
  std::string problem_;
  std::size_t window_end_ = 0;
  std::size_t delivered_ = 0;
};

/// Writes a character for the time of a scope.
class Borrowed {
 public:
  Borrowed(char& place, char meanwhile) noexcept : place_(place), before_(place) { place_ = meanwhile; }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() { place_ = before_; }

 private:
  char& place_;
  char before_;
};

std::string joined(std::span<const std::string_view> path) {
  std::string text;
  for (const std::string_view name : path) text.append(text.empty() ? "" : ".").append(name);
  return text.empty() ? "the document" : text;
}

}  // namespace

Result<std::size_t> read_rows(std::string& body, std::span<const std::string_view> path, std::span<const Field> fields,
                              FunctionRef<Result<void>(std::span<const Cell>)> row, std::size_t window,
                              std::string* rest_of) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  const std::size_t array = Finder(body).find(path);
  if (array == kNone) {
    // Either the text is no JSON at all, or the array is not where it belongs: say which.
    STK_TRY(Document::parse(body));
    return broken(joined(path) + " is not an array").about(joined(path));
  }
  RowReader reader(body, body.capacity(), fields, row);
  std::size_t from = array;
  std::size_t close = kNone;
  while (close == kNone) {
    const Borrowed opening(body[from], '[');
    std::size_t size = window;
    const std::size_t delivered_before = reader.delivered();
    while (true) {
      const std::size_t skip = reader.delivered() - delivered_before;
      const bool last = from + size + 1 >= body.size();
      const std::size_t cut = last ? kNone : last_border(body, from, from + size);
      if (cut != kNone) {
        const Borrowed closing(body[cut], ']');
        STK_TRY(const bool whole, reader.read(from, cut, skip));
        if (whole) {
          from = cut;
          break;
        }
      } else if (last) {
        // The array's end is the last bracket, unless other arrays follow it.
        std::size_t end = body.rfind(']');
        bool whole = false;
        for (int tries = 0; !whole && end != kNone && end > from && tries < 16; ++tries) {
          STK_TRY(whole, reader.read(from, end, reader.delivered() - delivered_before));
          if (whole) {
            close = end;
          } else {
            end = body.rfind(']', end - 1);
          }
        }
        if (!whole) return reader.failure();
        break;
      }
      size *= 2;  // the cut stood inside a text or a nested array: a larger window has another one
    }
  }
  // What remains without the rows is small: it is parsed whole, so that every byte of the body has been judged.
  std::string rest(body, 0, array + 1);
  rest.append(body, close);
  STK_TRY(Document::parse(rest));
  if (rest_of != nullptr) *rest_of = std::move(rest);
  return reader.delivered();
}

std::string_view raw_with_quote(const Cell& cell) noexcept {
  std::size_t at = 0;
  while (at < cell.raw.size() && cell.raw[at] != '"') at += cell.raw[at] == '\\' ? 2 : 1;
  return cell.raw.substr(0, std::min(at + 1, cell.raw.size()));
}

std::optional<std::string_view> plain_text(const Cell& cell) noexcept {
  const std::size_t end = cell.raw.find('"');
  const std::string_view text = cell.raw.substr(0, end);
  if (end == kNone || text.find('\\') != kNone) return std::nullopt;
  return text;
}

Result<std::string> text_of(const Cell& cell) {
  std::string quoted = "[\"";
  quoted.append(raw_with_quote(cell)).append(1, ']');
  STK_TRY(const auto document, Document::parse(quoted));
  std::string text;
  STK_TRY(document.root().each([&](Value value) -> Result<void> {
    text = value.text().value_or("");
    return success();
  }));
  return text;
}

}  // namespace stocktracker::inline v0::json
