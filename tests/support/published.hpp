// The vendors' published examples, which lie beside the checkout, not in it.
#pragma once

#include <fstream>
#include <initializer_list>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/support/catch.hpp"
#include "tests/support/skip.hpp"

// The text of a value of well-formed JSON, by the names on the way to it; empty when it is not there.
inline std::string_view value_at(std::string_view json, std::initializer_list<std::string_view> path) {
  const auto blank = [&](std::size_t at) {
    at = json.find_first_not_of(" \t\r\n", at);
    return at == std::string_view::npos ? json.size() : at;
  };
  // Behind the value that begins at `at`.
  const auto end_of = [&](std::size_t at) {
    int depth = 0;
    bool text = false;
    for (; at < json.size(); ++at) {
      const char c = json[at];
      if (text) {
        if (c == '\\') ++at;
        if (c == '"') text = false;
      } else if (c == '"') {
        text = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if (c == '}' || c == ']') {
        if (depth == 0) return at;
        --depth;
      } else if (c == ',' && depth == 0) {
        return at;
      }
    }
    return at;
  };
  std::size_t at = blank(0);
  for (const std::string_view name : path) {
    if (at >= json.size() || json[at] != '{') return {};
    ++at;
    bool found = false;
    while (!found) {
      at = blank(at);
      if (at >= json.size() || json[at] != '"') return {};
      const std::size_t close = json.find('"', at + 1);  // no name of theirs holds an escape
      const std::string_view member = json.substr(at + 1, close - at - 1);
      at = blank(json.find(':', close) + 1);
      if (member == name) {
        found = true;
      } else {
        at = end_of(at);
        if (at >= json.size() || json[at] != ',') return {};
        ++at;
      }
    }
  }
  return json.substr(at, end_of(at) - at);
}

// Of a file under the published examples; nullopt, and the case is reported as skipped, where they are not.
inline std::optional<std::string> published(const std::string& file, std::initializer_list<std::string_view> path) {
  std::ifstream stream("../shared/specs/examples/" + file, std::ios::binary);
  if (!stream) {
    skipped("no published examples beside the checkout");
    return std::nullopt;
  }
  std::ostringstream text;
  text << stream.rdbuf();
  const std::string all = text.str();
  const std::string_view value = value_at(all, path);
  INFO(file);
  REQUIRE_FALSE(value.empty());
  return std::string(value);
}
