// A value that outlives its document.
// expect: deleted
#include <stocktracker/core/json_reader.hpp>

std::string type_of(std::string text) {
#ifdef MISUSE
  return to_string(stocktracker::JsonDocument::parse(std::move(text)).value().root().type());
#else
  const auto document = stocktracker::JsonDocument::parse(std::move(text));
  return document ? to_string(document.value().root().type()) : "";
#endif
}
