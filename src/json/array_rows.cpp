// Rows of an array, one at a time, without a tree.
#include "json/array_rows.hpp"

#include <vector>

#include "json/array_place.hpp"
#include "json/cell_reader.hpp"
#include "json/document.hpp"
#include "json/lenient.hpp"

namespace stocktracker::inline v0::json {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Error broken(std::string why) { return Error(Errc::vendor_schema, std::move(why)); }

/// The last comma in (from, to) between two objects, or kNone.
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

/// Reads the rows of one window after another. Counts delivered rows, so that a window that was cut in a wrong place
/// can be read again with a larger size.
class RowReader {
 public:
  RowReader(std::string& body, std::span<const Field> fields, FunctionRef<Result<void>(std::span<const Cell>)> row,
            const TakeBroken* broken)
      : body_(body), row_(row), broken_(broken), cells_(fields.size()), reader_(body, fields) {}

  [[nodiscard]] std::size_t delivered() const noexcept { return delivered_; }

  /// `body[from]` is '[' and `body[to]` is ']'. True when every row was read, false when the text ends too early: a
  /// wrong cut or a broken body. A row that fails is a failure.
  Result<bool> read(std::size_t from, std::size_t to, std::size_t skip) {
    const Borrowed ending(body_[to + 1], '\0');
    if (const char* broken = tokens_.index(body_.data() + from, to + 1 - from); broken != nullptr) return note(broken);
    if (!tokens_.take('[')) return note("the array has no begin");
    bool more = !tokens_.take(']');
    for (std::size_t seen = 0; more; ++seen) {
      const Tokens::Place begin = tokens_.place();
      const Reading reading = reader_.read(tokens_, cells_.data(), [] { return Reading::complete; });
      bool is_odd = false;
      std::string_view member;
      std::string_view problem;
      if (reading != Reading::complete) [[unlikely]] {
        if (reading == Reading::bad_member && broken_ == nullptr)
          return member_error(reader_.member(), reader_.problem());
        is_odd = broken_ != nullptr && (reading == Reading::bad_member || begins_other_value(begin));
        if (!is_odd) return note(reader_.problem());
        if (reading == Reading::bad_member) member = reader_.member();
        problem = reader_.problem();
        if (read_again(begin) != Reading::complete) return note("a row has no end");
      }
      more = tokens_.take(',');
      if (!more && !tokens_.take(']')) return note("the array has no end");
      if (seen < skip) continue;
      if (is_odd) [[unlikely]] {
        STK_TRY(leave_out(member, problem));
      } else if (const std::string_view name = reader_.missing(); !name.empty()) {
        if (broken_ == nullptr) return member_error(name, "is missing");
        STK_TRY(leave_out(name, "is missing"));
      } else {
        STK_TRY(row_(cells_));
      }
      ++delivered_;
    }
    // A bracket inside the window closed the array: the text after it has not been validated.
    return tokens_.at_end() ? true : note("the array ends early");
  }

  [[nodiscard]] Error failure() const {
    return broken("row " + std::to_string(delivered_) + ": " + std::string(problem_));
  }

 private:
  /// True if the next value is not an object.
  bool begins_other_value(Tokens::Place begin) noexcept {
    const Tokens::Place here = tokens_.place();
    tokens_.go(begin);
    const char kind = tokens_.kind();
    tokens_.go(here);
    return kind != '{' && kind != '}' && kind != ']' && kind != ',' && kind != ':' && kind != '\0';
  }
  /// Reads the valid cells of a row that is invalid.
  Reading read_again(Tokens::Place begin) {
    tokens_.go(begin);
    if (tokens_.kind() != '{') {
      for (Cell& cell : cells_) cell.present = false;
      return tokens_.skip_value() ? Reading::complete : Reading::cut;
    }
    reader_.read_leniently(true);
    const Reading reading = reader_.read(tokens_, cells_.data(), [] { return Reading::complete; });
    reader_.read_leniently(false);
    return reading;
  }
  Result<void> leave_out(std::string_view member, std::string_view problem) const {
    return (*broken_)({.member = member, .problem = problem, .cells = cells_, .row_at = delivered_});
  }
  bool note(std::string_view problem) noexcept {
    problem_ = problem;
    return false;
  }

  [[nodiscard]] Error member_error(std::string_view member, std::string_view what) const {
    const std::string row = std::to_string(delivered_);
    return broken("row " + row + ": " + std::string(member) + " " + std::string(what))
        .about("[" + row + "]." + std::string(member));
  }

  std::string& body_;
  FunctionRef<Result<void>(std::span<const Cell>)> row_;
  const TakeBroken* broken_;
  Tokens tokens_;
  std::vector<Cell> cells_;
  CellReader reader_;
  std::string_view problem_ = "cut off";
  std::size_t delivered_ = 0;
};

}  // namespace

Result<std::size_t> read_rows(std::string& body, std::span<const std::string_view> path, std::span<const Field> fields,
                              FunctionRef<Result<void>(std::span<const Cell>)> row, std::size_t window,
                              std::string* rest_of, const TakeBroken* take_broken) {
  body.reserve(body.size() + kPadding);
  const std::size_t array = place_of_array(body, path);
  if (array == kNone) {
    // The text is not JSON, or there is no list, or another value is in its place.
    STK_TRY(check_no_list(body, path));
    if (rest_of != nullptr) *rest_of = body;
    return std::size_t{0};
  }
  RowReader reader(body, fields, row, take_broken);
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
        STK_TRY(const bool complete, reader.read(from, cut, skip));
        if (complete) {
          from = cut;
          break;
        }
      } else if (last) {
        // The array's end is the last bracket, unless other arrays follow it.
        std::size_t end = body.rfind(']');
        bool complete = false;
        for (int tries = 0; !complete && end != kNone && end > from && tries < 16; ++tries) {
          STK_TRY(complete, reader.read(from, end, reader.delivered() - delivered_before));
          if (complete) {
            close = end;
          } else {
            end = body.rfind(']', end - 1);
          }
        }
        if (!complete) return reader.failure();
        break;
      }
      size *= 2;  // the cut was inside a text or a nested array: a larger window has another cut
    }
  }
  // Without the rows the document is small: it is parsed completely, so that every byte of the body has been validated.
  std::string rest(body, 0, array + 1);
  rest.append(body, close);
  STK_TRY(Document::parse(rest));
  if (rest_of != nullptr) *rest_of = std::move(rest);
  return reader.delivered();
}

}  // namespace stocktracker::inline v0::json
