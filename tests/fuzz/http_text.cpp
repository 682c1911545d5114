// What comes with an answer, and what operators write: headers, the limit table, the fault script.
#include <cstdlib>

#include <stocktracker/http/limits.hpp>
#include <stocktracker/http/rate_headers.hpp>

#include "adapters/curl/url.hpp"
#include "adapters/ozon/error_map.hpp"
#include "adapters/wildberries/error_map.hpp"
#include "adapters/yandex_market/error_map.hpp"
#include "tests/fuzz/answered.hpp"

namespace st = stocktracker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const st::HttpResponse response = answered::answer_of(text);
  for (const auto* vendor : {&st::wildberries::errors(), &st::ozon::errors(), &st::yandex_market::errors()})
    answered::check(*vendor, response);
  const auto headers = st::rate_headers(response, st::Instant::from_seconds(1'795'300'000));
  for (const auto& wait : {headers.retry, headers.retry_after, headers.reset}) {
    if (wait && (wait->count() < 0 || *wait > std::chrono::hours(240))) std::abort();
  }
  if (headers.remaining && *headers.remaining < 0) std::abort();
  if (const auto table = st::LimitTable::parse(text)) {
    for (const auto& rule : table.value().limits) {
      if (rule.burst < 1 || rule.interval.count() < 1 || rule.vendor.size() > size) std::abort();
    }
  }
  if (const auto target = st::curl::target_of(text)) {
    if (target.value().host.empty() || text.substr(0, text.find_first_of("/?#", 8)).find('@') != text.npos)
      std::abort();
  }
  return 0;
}
