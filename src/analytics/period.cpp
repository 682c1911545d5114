#include <stocktracker/analytics/period.hpp>

namespace stocktracker::inline v0 {

Result<Duration> zone_offset(std::string_view zone, Instant at) {
  using namespace std::chrono_literals;
  constexpr Instant kMoscowSince = Instant::from_seconds(1'414'274'400);  // 2014-10-25T22:00:00Z
  if (zone == "UTC") return Duration::zero();
  if (zone == "Europe/Moscow" && at >= kMoscowSince) return Duration(3h);
  return Error(Errc::unsupported, "days of this zone are not known").about("zone");
}

Result<Period> last_days(Instant now, int days, std::string_view zone) {
  constexpr std::int64_t kDay = 86'400'000'000;
  if (days < 1 || days > 366) return Error(Errc::invalid_argument, "must be 1 to 366").about("days");
  STK_TRY(const Duration ahead, zone_offset(zone, now));
  const std::int64_t local = now.micros() + ahead.count();
  const std::int64_t midnight = local - ((local % kDay) + kDay) % kDay - ahead.count();
  Period period{Instant::from_micros(midnight - days * kDay), Instant::from_micros(midnight), days};
  STK_TRY(zone_offset(zone, period.from));
  return period;
}

}  // namespace stocktracker::inline v0
