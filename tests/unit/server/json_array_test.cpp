// Arrays that are written while they are made.
#include "server/render/json_array.hpp"

#include <string>

#include "tests/support/catch.hpp"

using server::JsonArray;
using server::StringSink;

TEST_CASE("an array without elements is an array") {
  StringSink out;
  JsonArray array(out);
  array.end();
  CHECK(out.text() == "[\n]\n");
}

TEST_CASE("nothing of an array is out before its first element, and each added element at once") {
  StringSink out;
  JsonArray array(out);
  CHECK(out.text().empty());
  array.add("1");
  CHECK(out.text() == "[\n1");
  array.add("2");
  CHECK(out.text() == "[\n1,\n2");
  array.end();
  CHECK(out.text() == "[\n1,\n2\n]\n");
}

TEST_CASE("elements that are appended in place are out by pages") {
  StringSink out;
  JsonArray array(out);
  const std::string large(std::size_t{70} * 1024, '7');
  array.next() += large;
  CHECK(out.text().empty());
  array.next() += "8";
  CHECK(out.text() == "[\n" + large);
  array.end();
  CHECK(out.text() == "[\n" + large + ",\n8\n]\n");
}
