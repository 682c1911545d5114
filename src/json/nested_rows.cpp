// Rows of arrays within rows.
#include "json/nested_rows.hpp"

#include <optional>
#include <vector>

#include "json/array_place.hpp"
#include "json/cell_reader.hpp"
#include "json/document.hpp"
#include "json/lenient.hpp"

namespace stocktracker::inline v0::json {
namespace {

constexpr int kMostEnds = 16;
constexpr std::size_t kFirstParts = 8;
enum class Level : unsigned char { group, row, part };

class NestedReader {
 public:
  NestedReader(std::string& body, const NestedShape& shape, FunctionRef<Result<void>(const NestedRow&)> row,
               const TakeBroken* broken)
      : body_(body),
        shape_(shape),
        row_(row),
        broken_(broken),
        group_reader_(body, shape.group, shape.rows),
        row_reader_(body, shape.row, shape.parts),
        part_reader_(body, shape.part),
        group_(shape.group.size()),
        cells_(shape.row.size()),
        out_{group_, cells_, {}, 0, 0} {}

  [[nodiscard]] std::size_t delivered() const noexcept { return delivered_; }

  /// As RowReader::read: `body[from]` is '[' and `body[to]` is ']'; rows that were delivered are not delivered again.
  Result<bool> read(std::size_t from, std::size_t to) {
    const Borrowed ending(body_[to + 1], '\0');
    seen_ = 0;
    group_at_ = row_at_ = part_at_ = 0;
    outcome_ = Reading::complete;
    if (const char* broken = tokens_.index(body_.data() + from, to + 1 - from); broken != nullptr) return note(broken);
    const Reading reading = shape_.rows.empty() ? read_rows_here() : read_groups();
    if (failed_) return *std::move(failed_);
    if (reading == Reading::cut) return false;
    return tokens_.at_end() ? true : note("the array ends early");
  }

  [[nodiscard]] Error failure() const {
    return Error(Errc::vendor_schema, where() + ": " + std::string(problem_)).about(where());
  }

 private:
  bool note(std::string_view problem) noexcept {
    problem_ = problem;
    return false;
  }

  /// Calls `item()` for each element of the array at the present place.
  template <class Item>
  Reading each(CellReader& reader, Level level, Item&& item) {
    if (!tokens_.take('[')) return ended(reader.cut("an array has no begin"), reader, level);
    if (tokens_.take(']')) return Reading::complete;
    while (true) {
      const Reading reading = item();
      if (reading != Reading::complete) return reading;
      if (tokens_.take(',')) continue;
      return tokens_.take(']') ? Reading::complete : ended(reader.cut("an array has no end"), reader, level);
    }
  }

  Reading read_groups() {
    return each(group_reader_, Level::group, [this] {
      const Tokens::Place begin = tokens_.place();
      bool seen = false;
      bool streamed = false;
      const auto stream = [&] {
        if (seen) return group_reader_.member_error(shape_.rows, "is named twice");
        seen = true;
        if (CellReader::is_null(tokens_.here())) return skip(group_reader_);
        if (tokens_.kind() != '[') return group_reader_.member_error(shape_.rows, "is not an array");
        // The members that the rows belong to may come after them.
        if (!group_reader_.missing().empty()) return skip(group_reader_);
        streamed = true;
        return read_rows_here();
      };
      if (broken_ != nullptr && begins_other_value()) return leave_out_group(begin, {}, "is not an object");
      Reading reading = group_reader_.read(tokens_, group_.data(), stream);
      if (reading == Reading::bad_member && broken_ != nullptr && !failed_) {
        return leave_out_group(begin, group_reader_.member(), group_reader_.problem());
      }
      if (reading != Reading::complete) return ended(reading, group_reader_, Level::group);
      const std::string_view lacking = group_reader_.missing();
      if (!lacking.empty() && broken_ != nullptr) return leave_out_group(begin, lacking, "is missing");
      if (!lacking.empty())
        return ended(group_reader_.member_error(lacking, "is missing"), group_reader_, Level::group);
      if (!streamed && seen) {
        tokens_.go(begin);
        again_.resize(group_.size());
        reading = group_reader_.read(tokens_, again_.data(), [this] {
          return CellReader::is_null(tokens_.here()) ? skip(group_reader_) : read_rows_here();
        });
        if (reading != Reading::complete) return ended(reading, group_reader_, Level::group);
      }
      ++group_at_;
      return Reading::complete;
    });
  }

  Reading read_rows_here() {
    row_at_ = 0;
    return each(row_reader_, Level::row, [this] {
      const Tokens::Place begin = tokens_.place();
      parts_used_ = 0;
      parts_seen_ = false;
      if (broken_ != nullptr && begins_other_value()) return leave_out_row(begin, {}, "is not an object");
      Reading reading = row_reader_.read(tokens_, cells_.data(), [this] { return read_parts(); });
      if (reading == Reading::complete && seen_ >= delivered_) {
        if (const auto name = row_reader_.missing(); !name.empty()) {
          reading = row_reader_.member_error(name, "is missing");
        } else if (shape_.parts_required && !parts_seen_) {
          reading = row_reader_.member_error(shape_.parts, "is not an array");
        }
      }
      if (reading == Reading::bad_member && broken_ != nullptr) {
        // The reader of the part has already reported its own member.
        const bool of_part = failed_.has_value();
        const CellReader& reader = of_part ? part_reader_ : row_reader_;
        failed_.reset();
        outcome_ = Reading::complete;
        return leave_out_row(begin, reader.member(), reader.problem());
      }
      if (reading != Reading::complete) return ended(reading, row_reader_, Level::row);
      if (seen_++ >= delivered_) {
        out_.parts = {parts_.data(), parts_used_};
        out_.group_at = group_at_;
        out_.row_at = row_at_;
        auto taken = row_(out_);
        if (!taken) {
          failed_ = std::move(taken).error();
          return Reading::bad_member;
        }
        ++delivered_;
      }
      ++row_at_;
      return Reading::complete;
    });
  }

  Reading read_parts() {
    if (tokens_.kind() != '[') {
      const bool none = CellReader::is_null(tokens_.here());
      const Reading skipped = skip(row_reader_);
      return none || skipped != Reading::complete ? skipped : row_reader_.member_error(shape_.parts, "is not an array");
    }
    if (parts_seen_) return row_reader_.member_error(shape_.parts, "is named twice");
    parts_seen_ = true;
    part_at_ = 0;
    const std::size_t width = shape_.part.size();
    return each(part_reader_, Level::part, [&] {
      // Kept from row to row: each reading sets what it finds.
      if (parts_used_ == parts_.size()) parts_.resize(parts_.size() * 2 + width * kFirstParts);
      Cell* const cells = parts_.data() + parts_used_;
      parts_used_ += width;
      const Reading reading = part_reader_.read(tokens_, cells, [] { return Reading::complete; });
      if (reading != Reading::complete) return ended(reading, part_reader_, Level::part);
      if (const auto name = part_reader_.missing(); !name.empty()) {
        return ended(part_reader_.member_error(name, "is missing"), part_reader_, Level::part);
      }
      ++part_at_;
      return Reading::complete;
    });
  }

  /// True if the next value is not an object.
  [[nodiscard]] bool begins_other_value() const noexcept {
    const char kind = tokens_.kind();
    return kind != '{' && kind != '}' && kind != ']' && kind != ',' && kind != ':' && kind != '\0';
  }
  Reading leave_out_row(Tokens::Place begin, std::string_view member, std::string_view problem) {
    tokens_.go(begin);
    if (tokens_.kind() == '{') {
      row_reader_.read_leniently(true);
      const Reading again = row_reader_.read(tokens_, cells_.data(), [this] { return skip(row_reader_); });
      row_reader_.read_leniently(false);
      if (again != Reading::complete) return ended(again, row_reader_, Level::row);
    } else {
      for (Cell& cell : cells_) cell.present = false;
      if (!tokens_.skip_value()) return ended(row_reader_.cut("a value has no end"), row_reader_, Level::row);
    }
    return left_out({member, problem, group_, cells_, group_at_, row_at_}, row_at_);
  }
  Reading leave_out_group(Tokens::Place begin, std::string_view member, std::string_view problem) {
    tokens_.go(begin);
    if (!tokens_.skip_value()) return ended(group_reader_.cut("a value has no end"), group_reader_, Level::group);
    return left_out({.member = member, .problem = problem, .group_at = group_at_}, group_at_);
  }
  Reading left_out(const BrokenRow& row, std::size_t& at) {
    if (seen_++ >= delivered_) {
      if (auto taken = (*broken_)(row); !taken) {
        failed_ = std::move(taken).error();
        return Reading::bad_member;
      }
      ++delivered_;
    }
    ++at;
    return Reading::complete;
  }

  Reading skip(CellReader& reader) {
    return tokens_.skip_value() ? Reading::complete : reader.cut("a value has no end");
  }

  /// The innermost reader that failed reports the reason, once.
  Reading ended(Reading reading, const CellReader& reader, Level level) {
    if (failed_ || outcome_ == reading) return reading;
    problem_ = reader.problem();
    if (reading == Reading::cut) {
      outcome_ = Reading::cut;
      return reading;
    }
    std::string field = level == Level::group ? where() : row_path();
    if (level == Level::part) field.append(".").append(shape_.parts).append("[" + std::to_string(part_at_) + "]");
    field.append(".").append(reader.member());
    failed_ = Error(Errc::vendor_schema, field + " " + std::string(problem_)).about(field);
    return reading;
  }

  [[nodiscard]] std::string where() const {
    return shape_.rows.empty() ? row_path() : joined(shape_.path) + "[" + std::to_string(group_at_) + "]";
  }
  [[nodiscard]] std::string row_path() const {
    std::string path = joined(shape_.path);
    if (!shape_.rows.empty()) path.append("[" + std::to_string(group_at_) + "].").append(shape_.rows);
    return path.append("[" + std::to_string(row_at_) + "]");
  }

  std::string& body_;
  const NestedShape& shape_;
  FunctionRef<Result<void>(const NestedRow&)> row_;
  const TakeBroken* broken_;
  Tokens tokens_;
  CellReader group_reader_;
  CellReader row_reader_;
  CellReader part_reader_;
  std::vector<Cell> group_;
  std::vector<Cell> again_;  ///< a second reading must not change the cells of the first one
  std::vector<Cell> cells_;
  std::vector<Cell> parts_;
  NestedRow out_;  ///< the row that is handed over
  std::size_t parts_used_ = 0;
  bool parts_seen_ = false;
  std::optional<Error> failed_;
  Reading outcome_ = Reading::complete;
  std::string_view problem_ = "cut off";
  std::size_t group_at_ = 0;
  std::size_t row_at_ = 0;
  std::size_t part_at_ = 0;
  std::size_t seen_ = 0;
  std::size_t delivered_ = 0;
};

}  // namespace

Result<std::size_t> read_nested(std::string& body, const NestedShape& shape,
                                FunctionRef<Result<void>(const NestedRow&)> row, std::string* rest_of,
                                const TakeBroken* broken) {
  body.reserve(body.size() + kPadding);
  const std::size_t array = place_of_array(body, shape.path);
  if (array == kNone) {
    STK_TRY(check_no_list(body, shape.path));
    if (rest_of != nullptr) *rest_of = body;
    return std::size_t{0};
  }
  NestedReader reader(body, shape, row, broken);
  // The array's end is the last bracket, unless other arrays follow it.
  std::size_t end = body.rfind(']');
  bool complete = false;
  for (int tries = 0; tries < kMostEnds && end != kNone && end > array; ++tries) {
    STK_TRY(complete, reader.read(array, end));
    if (complete) break;
    end = body.rfind(']', end - 1);
  }
  if (!complete) return reader.failure();
  // Without the rows the document is small: it is parsed at once.
  std::string rest(body, 0, array + 1);
  rest.append(body, end);
  STK_TRY(Document::parse(rest));
  if (rest_of != nullptr) *rest_of = std::move(rest);
  return reader.delivered();
}

}  // namespace stocktracker::inline v0::json
