// RFC 3339, the form for tables, and the dates of HTTP.
#include <stocktracker/core/time_text.hpp>

#include <array>
#include <cstdio>

namespace stocktracker::inline v0 {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

Error unreadable(std::string_view text, std::string_view what) {
  // Text from outside is quoted short and printable.
  std::string shown;
  for (const char c : text.substr(0, 40)) shown += (c >= 0x20 && c < 0x7f) ? c : '?';
  return Error(Errc::invalid_text,
               "'" + shown + (text.size() > 40 ? "..." : "") + "' is not a time: " + std::string(what));
}

/// Reads a text from left to right; a step that fails is reported, not thrown.
class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : text_[at_]; }
  bool take(char c) noexcept {
    if (peek() != c || at_end()) return false;
    ++at_;
    return true;
  }
  bool take_any(std::string_view of) noexcept {
    if (at_end() || of.find(text_[at_]) == std::string_view::npos) return false;
    ++at_;
    return true;
  }
  /// Exactly `digits` digits.
  bool number(int digits, int& value) noexcept {
    value = 0;
    for (int i = 0; i < digits; ++i) {
      const char c = peek();
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
      ++at_;
    }
    return true;
  }
  /// 1 to 9 digits, as microseconds; finer ones are cut.
  bool fraction(int& micros) noexcept {
    micros = 0;
    int digits = 0;
    for (char c = peek(); c >= '0' && c <= '9'; c = peek()) {
      if (++digits > 9) return false;
      if (digits <= 6) micros = micros * 10 + (c - '0');
      ++at_;
    }
    for (int i = digits; i < 6; ++i) micros *= 10;
    return digits > 0;
  }
  std::string_view word(std::size_t length) noexcept {
    const auto part = text_.substr(at_, length);
    at_ += part.size();
    return part;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

struct Civil {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
};

Result<Instant> instant_of(std::string_view text, const Civil& c, std::int64_t offset_seconds) {
  const std::chrono::year_month_day date{std::chrono::year(c.year), std::chrono::month(static_cast<unsigned>(c.month)),
                                         std::chrono::day(static_cast<unsigned>(c.day))};
  if (c.year < 1 || !date.ok()) return unreadable(text, "there is no such day");
  if (c.hour > 23 || c.minute > 59 || c.second > 59) return unreadable(text, "there is no such time of day");
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = days * kSecondsPerDay + c.hour * 3600 + c.minute * 60 + c.second - offset_seconds;
  return Instant::from_micros(seconds * kMicrosPerSecond + c.micros);
}

bool read_date(Reader& in, Civil& c) noexcept {
  return in.number(4, c.year) && in.take('-') && in.number(2, c.month) && in.take('-') && in.number(2, c.day);
}

bool read_time(Reader& in, Civil& c) noexcept {
  if (!in.number(2, c.hour) || !in.take(':') || !in.number(2, c.minute)) return false;
  if (in.take(':')) {
    if (!in.number(2, c.second)) return false;
    if (in.take_any(".,") && !in.fraction(c.micros)) return false;
  }
  return true;
}

/// "+03:00", "-0500"; hours and minutes.
bool read_offset(Reader& in, std::int64_t& seconds) noexcept {
  const bool minus = in.peek() == '-';
  int hours = 0;
  int minutes = 0;
  if (!in.take_any("+-") || !in.number(2, hours)) return false;
  in.take(':');
  if (!in.number(2, minutes) || hours > 23 || minutes > 59) return false;
  seconds = hours * 3600 + minutes * 60;
  if (minus) seconds = -seconds;
  return true;
}

Civil civil_of(Instant at) noexcept {
  std::int64_t micros = at.micros() % kMicrosPerSecond;
  std::int64_t seconds = at.micros() / kMicrosPerSecond;
  if (micros < 0) {
    micros += kMicrosPerSecond;
    --seconds;
  }
  std::int64_t of_day = seconds % kSecondsPerDay;
  std::int64_t days = seconds / kSecondsPerDay;
  if (of_day < 0) {
    of_day += kSecondsPerDay;
    --days;
  }
  // std::chrono::year holds 16 bits: instants outside its range are shown at its limits.
  constexpr std::int64_t kMaxDays = 11'248'737;
  days = days > kMaxDays ? kMaxDays : days < -kMaxDays ? -kMaxDays : days;
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(of_day / 3600),
          static_cast<int>(of_day / 60 % 60),
          static_cast<int>(of_day % 60),
          static_cast<int>(micros)};
}

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

Result<Instant> parse_rfc3339(std::string_view text) {
  Reader in(text);
  Civil c;
  if (!read_date(in, c) || !in.take_any("Tt ") || !read_time(in, c)) {
    return unreadable(text, "expected YYYY-MM-DDThh:mm:ss and an offset");
  }
  std::int64_t offset = 0;
  if (!in.take_any("Zz") && !read_offset(in, offset)) return unreadable(text, "expected Z or an offset such as +03:00");
  if (!in.at_end()) return unreadable(text, "something follows it");
  return instant_of(text, c, offset);
}

Result<Instant> parse_wall_time(std::string_view text, Duration offset) {
  Reader in(text);
  Civil c;
  if (!read_date(in, c)) return unreadable(text, "expected YYYY-MM-DD");
  if (in.take_any("Tt ") && !read_time(in, c)) return unreadable(text, "expected hh:mm:ss");
  if (!in.at_end()) return unreadable(text, "something follows it");
  STK_TRY(auto at, instant_of(text, c, 0));
  return at - offset;
}

Result<Instant> parse_http_date(std::string_view text) {
  Reader in(text);
  Civil c;
  in.word(3);  // the day of the week adds nothing
  if (!in.take(',') || !in.take(' ') || !in.number(2, c.day) || !in.take(' ')) {
    return unreadable(text, "expected 'Sun, 06 Nov 1994 08:49:37 GMT'");
  }
  const std::string_view month = in.word(3);
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (kMonths[i] == month) c.month = static_cast<int>(i) + 1;
  }
  if (c.month == 0) return unreadable(text, "there is no such month");
  if (!in.take(' ') || !in.number(4, c.year) || !in.take(' ') || !in.number(2, c.hour) || !in.take(':') ||
      !in.number(2, c.minute) || !in.take(':') || !in.number(2, c.second) || !in.take(' ')) {
    return unreadable(text, "expected 'Sun, 06 Nov 1994 08:49:37 GMT'");
  }
  std::int64_t offset = 0;
  if (in.peek() == 'G' || in.peek() == 'U') {
    const std::string_view zone = in.word(3);
    if (zone != "GMT" && zone != "UTC") return unreadable(text, "unknown zone");
  } else if (!read_offset(in, offset)) {
    return unreadable(text, "unknown zone");
  }
  if (!in.at_end()) return unreadable(text, "something follows it");
  return instant_of(text, c, offset);
}

std::string to_rfc3339(Instant at) {
  const Civil c = civil_of(at);
  std::array<char, 64> text{};
  if (c.micros == 0) {
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute,
                  c.second);
  } else {
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", c.year, c.month, c.day, c.hour,
                  c.minute, c.second, c.micros);
  }
  return text.data();
}

std::string to_table_text(Instant at) {
  const Civil c = civil_of(at);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d %02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute,
                c.second);
  return text.data();
}

}  // namespace stocktracker::inline v0
