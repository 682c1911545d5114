// CSV: quotes, and texts that a spreadsheet would take for formulas.
#include "server/render/csv.hpp"

#include "tests/support/catch.hpp"

namespace {

std::string cell(std::string_view text) {
  std::string line = server::CsvLine().text(text).end();
  line.resize(line.size() - 2);
  return line;
}

}  // namespace

TEST_CASE("a text that separates, quotes or begins with a blank stands in quotes, whichever separator a reader has") {
  CHECK(cell("plain text") == "plain text");
  CHECK(cell("a,b") == "\"a,b\"");
  CHECK(cell("a;b") == "\"a;b\"");
  CHECK(cell("a|b") == "\"a|b\"");
  CHECK(cell("a\"b") == "\"a\"\"b\"");
  CHECK(cell("a\nb") == "\"a\nb\"");
  CHECK(cell("a\r\nb") == "\"a\r\nb\"");
  CHECK(cell(" a") == "\" a\"");
  CHECK(cell("a ") == "\"a \"");
  CHECK(cell("") == "");
}

TEST_CASE("a text that some spreadsheet would take for a formula gets an apostrophe in front") {
  for (const char* formula :
       {"=1+1", "+7", "-7", "@SUM(A1)", " =1", "  @x", "\xC2\xA0=1", "＝1", "＋1", "－1", "＠x", " ＝1"}) {
    CAPTURE(formula);
    const std::string written = cell(formula);
    CHECK(written.substr(written.starts_with('"') ? 1 : 0, 1) == "'");
  }
  CHECK(cell("\"=1\"") == "\"'\"\"=1\"\"\"");
  CHECK(cell("\t=1") == "' =1");
  CHECK(cell("\x7f\x1b=1") == "'  =1");
  CHECK(cell("\xC2\x9B=1") == "' =1");  // a blank once it is written
  CHECK(cell("\rx") == "' x");
  CHECK(cell("1=1") == "1=1");
  CHECK(cell("’=1") == "’=1");
}

TEST_CASE("no separator within a text begins a formula") {
  CHECK(cell("x;=cmd|' /C calc'!A0") == "\"x;'=cmd|' /C calc'!A0\"");
  CHECK(cell("x;+1") == "\"x;'+1\"");
  CHECK(cell("x; \"=1\"") == "\"x;' \"\"=1\"\"\"");
  CHECK(cell("x\t=1") == "x =1");  // no separator is left
  CHECK(cell("x|@y") == "\"x|'@y\"");
  CHECK(cell("x,－1") == "\"x,'－1\"");
  CHECK(cell(";=1") == "\";'=1\"");
  CHECK(cell("x\n=1") == "\"x\n'=1\"");
  CHECK(cell("x\r\n=1") == "\"x\r\n'=1\"");
  CHECK(cell("x\r=1") == "x =1");
  CHECK(cell("x;y") == "\"x;y\"");
}

TEST_CASE("control characters other than line breaks become blanks, numbers stay numbers") {
  CHECK(cell("a\x1b]0;x\x07\x7f"
             "b") == "\"a ]0;x  b\"");
  CHECK(cell(std::string_view("a\0b", 3)) == "a b");
  CHECK(server::CsvLine().text("x").number("-5").number("0.50").end() == "x,-5,0.50\r\n");
}
