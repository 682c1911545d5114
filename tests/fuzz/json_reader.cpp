// JSON of any origin: what is read is what simdjson reads, and is written back as it was; everything else is refused.
#include <cstdlib>

#include <stocktracker/core/json_reader.hpp>
#include <stocktracker/core/json_writer.hpp>

#include "core/utf8.hpp"
#include "json/document.hpp"
#include "json/simdjson.hpp"
#include "tests/support/json_numbers.hpp"

namespace st = stocktracker;
namespace json = stocktracker::json;

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

/// Compares a value with the other reader's, and writes it again.
void compare(const st::JsonValue& value, const json::Value& other, st::JsonWriter& out) {
  expect(value.is_null() == other.is_null() || value.type() == st::JsonType::number);
  switch (value.type()) {
    case st::JsonType::null:
      out.null();
      break;
    case st::JsonType::boolean:
      expect(other.boolean() == value.boolean().value());
      out.boolean(value.boolean().value());
      break;
    case st::JsonType::number: {
      const auto integer = value.integer();
      if (integer) expect(other.integer() == integer.value());
      expect(!value.decimal().value().empty());
      static_cast<void>(value.number());
      // The writer takes no exponents; the value is compared above.
      integer ? out.integer(integer.value()) : out.string(value.decimal().value());
      break;
    }
    case st::JsonType::string:
      expect(other.text() == value.string().value());
      out.string(value.string().value());
      break;
    case st::JsonType::array: {
      const auto items = value.array().value();
      auto item = items.begin();
      out.begin_array();
      expect(other
                 .each([&](json::Value theirs) -> st::Result<void> {
                   expect(item != items.end());
                   compare(*item, theirs, out);
                   ++item;
                   return st::success();
                 })
                 .value());
      expect(item == items.end());
      out.end_array();
      break;
    }
    case st::JsonType::object: {
      const auto members = value.object().value();
      auto member = members.begin();
      out.begin_object();
      expect(other
                 .each_member([&](std::string_view name, json::Value theirs) -> st::Result<void> {
                   expect(member != members.end() && (*member).name == name);
                   out.key(name);
                   compare((*member).value, theirs, out);
                   ++member;
                   return st::success();
                 })
                 .value());
      expect(member == members.end());
      out.end_object();
      break;
    }
  }
  expect(!value.path().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto document = st::JsonDocument::parse(text);
  simdjson::dom::parser parser;
  const auto code = parser
                        .parse(text.data() + (text.starts_with("\xEF\xBB\xBF") ? 3 : 0),
                               text.size() - (text.starts_with("\xEF\xBB\xBF") ? 3 : 0), true)
                        .error();
  if (!document) {
    const std::string& why = document.error().message();
    expect(!why.empty() && why.size() < 2000);
    // Refused here alone: for one of these reasons.
    if (code == simdjson::SUCCESS) {
      expect(why.find("appears twice") != std::string::npos || why.find("too deep") != std::string::npos ||
             why.find("invalid escape") != std::string::npos);
    }
    return 0;
  }
  // Numbers that fit into no type of simdjson's are read here as they are written, if they are numbers.
  if (code == simdjson::NUMBER_ERROR) {
    expect(malformed_json_number(text).empty());
    return 0;
  }
  expect(code == simdjson::SUCCESS);
  const auto other = json::Document::parse(text);
  std::string written;
  st::JsonWriter writer(written);
  compare(document.value().root(), other.value().root(), writer);
  const auto again = st::JsonDocument::parse(written);
  expect(again.has_value());
  return 0;
}
