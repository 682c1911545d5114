// The reader of JSON beside the writer, and beside simdjson's own reading of texts that were changed by chance.
#include <stocktracker/core/json_reader.hpp>
#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include "json/simdjson.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/json_numbers.hpp"
#include "tests/support/seed.hpp"

namespace st = stocktracker;
using st::testing::SeededRandom;

namespace {

std::string any_text(SeededRandom& random) {
  static const std::vector<std::string> kPieces{
      "a", "Ж", "😀", "\"", "\\", "/", "\n", "\x01", std::string(1, '\0'), "[", "}", ":", "long enough"};
  std::string text;
  for (std::uint64_t n = random.below(6); n > 0; --n) text += kPieces[random.below(kPieces.size())];
  return text;
}

void write_any(SeededRandom& random, st::JsonWriter& out, int depth) {
  const auto kind = random.below(depth > 0 ? 9 : 6);
  if (kind == 0) out.null();
  if (kind == 1) out.boolean(random.chance(50));
  if (kind == 2) out.integer(static_cast<std::int64_t>(random.next()));
  if (kind == 3) out.integer(static_cast<std::int64_t>(random.below(100)) - 50);
  if (kind == 4) out.decimal(std::to_string(random.below(1000)) + "." + std::to_string(random.below(1000)));
  if (kind == 5) out.string(any_text(random));
  if (kind == 6) {
    out.begin_array();
    for (std::uint64_t n = random.below(5); n > 0; --n) write_any(random, out, depth - 1);
    out.end_array();
  }
  if (kind > 6) {
    out.begin_object();
    // Sometimes more members than are compared in pairs.
    for (std::uint64_t n = random.below(random.chance(10) ? 40 : 5); n > 0; --n) {
      out.key(std::to_string(n) + any_text(random));
      write_any(random, out, depth - 1);
    }
    out.end_object();
  }
}

void copy(const st::JsonValue& value, st::JsonWriter& out) {
  switch (value.type()) {
    case st::JsonType::null:
      out.null();
      break;
    case st::JsonType::boolean:
      out.boolean(value.boolean().value());
      break;
    case st::JsonType::number:
      if (const auto integer = value.integer()) {
        out.integer(integer.value());
      } else {
        out.decimal(value.decimal().value());
      }
      break;
    case st::JsonType::string:
      out.string(value.string().value());
      break;
    case st::JsonType::array: {
      out.begin_array();
      const auto items = value.array().value();
      for (const st::JsonValue item : items) copy(item, out);
      out.end_array();
      break;
    }
    case st::JsonType::object: {
      out.begin_object();
      const auto members = value.object().value();
      for (const st::JsonMember member : members) {
        out.key(member.name);
        copy(member.value, out);
      }
      out.end_object();
      break;
    }
  }
}

}  // namespace

TEST_CASE("what was written is read, and written again byte by byte") {
  for (const std::uint64_t seed : seeds_to_try(1, 2000)) {
    INFO(replay(seed));
    SeededRandom random(seed);
    std::string text;
    st::JsonWriter writer(text);
    write_any(random, writer, 5);
    const auto document = st::JsonDocument::parse(text);
    INFO(text);
    REQUIRE(document);
    std::string again;
    st::JsonWriter second(again);
    copy(document.value().root(), second);
    REQUIRE(again == text);
  }
}

TEST_CASE("what stands for a number and is none by RFC 8259 is found, in strings it is not looked for") {
  for (const char* fine :
       {"0", "-0", "[12, -3.5,1e400]", R"({"01":"+1\\"})", "1E+2", "[true,false,null]", R"(["a\"01"])"}) {
    CAPTURE(fine);
    CHECK(malformed_json_number(fine) == "");
  }
  for (const char* wrong : {"01", "+1", "1.", ".5", "-", "1e", "1e+", "0x1", "1.e3", "00", "-01", "1e5.0"}) {
    CAPTURE(wrong);
    CHECK(malformed_json_number(R"([7,{"a":)" + std::string(wrong) + "}]") == wrong);
    CHECK_FALSE(st::JsonDocument::parse(wrong));
  }
}

TEST_CASE("of texts with a changed byte those are read that simdjson reads") {
  for (const std::uint64_t seed : seeds_to_try(1, 5000)) {
    INFO(replay(seed));
    SeededRandom random(seed);
    std::string text;
    st::JsonWriter writer(text);
    write_any(random, writer, 4);
    static constexpr std::string_view kBytes = "{}[]:,\"\\ 0129.-+eEtfnu\n\t\x01\xFF\xD0\x80";
    for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
      const std::size_t at = random.below(text.size());
      const char byte = kBytes[random.below(kBytes.size())];
      if (random.chance(40)) {
        text[at] = byte;
      } else if (random.chance(50)) {
        text.insert(at, 1, byte);
      } else if (text.size() > 1) {
        text.erase(at, 1 + random.below(3));
        if (text.empty()) text = "0";
      }
    }
    INFO(text);
    const auto document = st::JsonDocument::parse(text);
    simdjson::dom::parser parser;
    const auto code = parser.parse(text.data(), text.size(), true).error();
    if (code == simdjson::NUMBER_ERROR) {  // too large for its types, or no number
      if (document) REQUIRE(malformed_json_number(text) == "");
      continue;
    }
    if (!document && code == simdjson::SUCCESS) {
      const std::string& why = document.error().message();
      INFO(why);
      REQUIRE((why.find("appears twice") != std::string::npos || why.find("invalid escape") != std::string::npos));
    } else {
      REQUIRE(document.has_value() == (code == simdjson::SUCCESS));
    }
  }
}
