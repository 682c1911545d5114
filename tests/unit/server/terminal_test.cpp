// Output without control characters.
#include "server/render/terminal.hpp"

#include "server/render/text_table.hpp"
#include "tests/support/catch.hpp"

namespace {

template <class Write>
std::string written(Write&& write) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  write(file);
  std::rewind(file);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

}  // namespace

TEST_CASE("what is written keeps its lines and loses every other control character") {
  const auto through = [](std::string_view text) { return written([&](std::FILE* out) { server::emit(out, text); }); };
  CHECK(through("{\"a\": 1}\n") == "{\"a\": 1}\n");
  CHECK(through("a,b\r\nc,d\r\n") == "a,b\r\nc,d\r\n");
  CHECK(through("\xEF\xBB\xBFПолотенце\r\n") == "\xEF\xBB\xBFПолотенце\r\n");
  CHECK(through("100 %\r101 %") == "100 % 101 %");
  CHECK(through("\r") == " ");
  CHECK(through("a\x1b]0;owned\x07"
                "b\xC2\x9B"
                "2Jc\x7f\td\x9b\n\n") == "a ]0;owned b 2Jc  d?\n\n");
  CHECK(through(std::string_view("a\0b", 3)) == "a b");
}

TEST_CASE("a text among others stands on its line") {
  CHECK(server::shown("Anna\nconnected Boris\x1b[1A") == "Anna connected Boris [1A");
  CHECK(written([](std::FILE* out) { server::emitf(out, "%s: %d %%\n", "a\x1b[31m", 7); }) == "a [31m: 7 %\n");
}

TEST_CASE("cells and titles of a table command nothing") {
  server::TextTable table({{"a\x1b[2J", server::TextTable::Align::left}, {"b", server::TextTable::Align::right}});
  table.add({"x\ny\xC2\x9B", "1\r"});
  server::StringSink text;
  table.print(text);
  CHECK(text.text() == "a [2J   b\nx y    1\n");
}
