// What operators write: limits, fault scripts, keys. Each is read or refused.
#include <cstdlib>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/http/limits.hpp>
#include <stocktracker/testing/faults.hpp>

namespace st = stocktracker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto table = st::LimitTable::parse(text)) {
    for (const auto& rule : table.value().limits) {
      if (rule.vendor.empty()) std::abort();
    }
  } else if (table.error().text().empty()) {
    std::abort();
  }
  if (const auto script = st::testing::FaultScript::parse(text)) {
    for (const auto& planned : script.value().faults()) {
      if (planned.at < st::Duration::zero() || planned.fault.wait < st::Duration::zero()) std::abort();
    }
  }
  const auto keys = st::make_key_text(st::Secret::copy_of(text), "a variable");
  if (keys && keys.value()->current().value().bytes.empty()) std::abort();
  return 0;
}
