// Times, amounts of money and ids as text: what is read is written back, everything else is refused.
#include <cstdint>
#include <cstdlib>

#include <stocktracker/core/money.hpp>
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/core/uuid.hpp>

namespace st = stocktracker;

// The small parsers of core: none may crash, and what parses must survive the way through text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto at = st::parse_rfc3339(text)) {
    // Offsets can carry an instant just outside the years that text can show.
    const auto first = st::parse_rfc3339("0001-01-01T00:00:00Z").value();
    const auto last = st::parse_rfc3339("9999-12-31T23:59:59.999999Z").value();
    if (at.value() >= first && at.value() <= last &&
        st::parse_rfc3339(st::to_rfc3339(at.value())).value() != at.value()) {
      std::abort();
    }
  }
  (void)st::parse_http_date(text);
  (void)st::parse_wall_time(text, std::chrono::hours(3));
  if (auto id = st::Uuid::parse(text); id && st::Uuid::parse(id.value().text()).value() != id.value()) std::abort();
  for (const char* code : {"RUB", "JPY", "KWD"}) {
    const auto currency = st::Currency::parse(code).value();
    if (auto money = st::Money::parse(text, currency)) {
      std::string shown = money.value().text();
      shown.resize(shown.size() - 4);
      if (!(st::Money::parse(shown, currency).value() == money.value())) std::abort();
    }
  }
  return 0;
}
