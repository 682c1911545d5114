// Days of time zones. The only code that includes cctz, which reads the machine's time zone database.
#include <stocktracker/analytics/period.hpp>

#include <algorithm>
#include <string>

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

namespace stocktracker::inline v0 {
namespace {

/// cctz also accepts paths and prefixes of its own: only names of the database are passed to it.
bool is_zone_name(std::string_view text) {
  const bool letters = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
           c == '-' || c == '/';
  });
  return letters && !text.empty() && text.size() <= 64 && text.front() != '/' && text != "localtime";
}

Result<cctz::time_zone> zone_named(std::string_view name) {
  if (name == "UTC") return cctz::utc_time_zone();
  cctz::time_zone zone;
  if (is_zone_name(name) && cctz::load_time_zone(std::string(name), &zone)) return zone;
  // The zone of the marketplaces, for machines without a database: valid since 2014-10-26 (federal law 248-FZ).
  if (name == "Europe/Moscow") return cctz::fixed_time_zone(std::chrono::hours(3));
  return Error(Errc::invalid_argument,
               "must be a name of the machine's time zone database (Debian: tzdata), e.g. Europe/Moscow")
      .about("zone");
}

using Seconds = cctz::time_point<cctz::seconds>;

/// Rounded down: a microsecond before midnight belongs to the day before.
Seconds seconds_of(Instant at) {
  const std::int64_t micros = at.micros();
  return Seconds(cctz::seconds(micros / 1'000'000 - (micros % 1'000'000 < 0 ? 1 : 0)));
}

Instant midnight(const cctz::time_zone& zone, const cctz::civil_day& day) {
  const auto found = zone.lookup(cctz::civil_second(day));
  // `pre` of a skipped midnight is an instant of the day before.
  const Seconds at = found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.pre;
  return Instant::from_seconds(at.time_since_epoch().count());
}

/// -1 unless the text consists of digits.
int number_of(std::string_view digits) {
  int number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

Result<Duration> zone_offset(std::string_view zone, Instant at) {
  STK_TRY(const auto of, zone_named(zone));
  return Duration(std::chrono::seconds(of.lookup(seconds_of(at)).offset));
}

Result<Instant> start_of_day(std::string_view day, std::string_view zone) {
  STK_TRY(const auto of, zone_named(zone));
  if (day.size() == 10 && day[4] == '-' && day[7] == '-') {
    const int year = number_of(day.substr(0, 4));
    const int month = number_of(day.substr(5, 2));
    const int number = number_of(day.substr(8, 2));
    const cctz::civil_day date(year, month, number);  // turns the 31st of a short month into a day of the next month
    if (year > 0 && date.month() == month && date.day() == number) return midnight(of, date);
  }
  return Error(Errc::invalid_text, "the text is not a day: write it as 2026-11-21").about("day");
}

Result<Period> last_days(Instant now, int days, std::string_view zone) {
  if (days < 1 || days > 366) return Error(Errc::invalid_argument, "days must be 1 to 366").about("days");
  STK_TRY(const auto of, zone_named(zone));
  const cctz::civil_day today(of.lookup(seconds_of(now)).cs);
  return Period{midnight(of, today - days), midnight(of, today), days};
}

}  // namespace stocktracker::inline v0
