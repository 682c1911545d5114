// Finds what stands for a number in a JSON text, and is none by the grammar of RFC 8259, section 6.
#pragma once

#include <string_view>

// -? (0 | [1-9] [0-9]*) ('.' [0-9]+)? ([eE] [+-]? [0-9]+)?
inline bool is_json_number(std::string_view text) {
  const auto take = [&](std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
  };
  const auto take_digits = [&] {
    bool any = false;
    while (take("0123456789")) any = true;
    return any;
  };
  take("-");
  if (!take("0") && !take_digits()) return false;
  if (take(".") && !take_digits()) return false;
  if (take("eE")) {
    take("+-");
    if (!take_digits()) return false;
  }
  return text.empty();
}

// The first of them; empty if there is none. Strings must be closed. Works on the text alone, so that it shares no
// fault with a reader.
inline std::string_view malformed_json_number(std::string_view json) {
  if (json.starts_with("\xEF\xBB\xBF")) json.remove_prefix(3);
  constexpr std::string_view kBetween = " \t\r\n[]{},:";
  while (!json.empty()) {
    if (json.front() == '"') {
      std::size_t end = 1;
      while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
      json.remove_prefix(end < json.size() ? end + 1 : json.size());
      continue;
    }
    const std::size_t size = json.find_first_of(" \t\r\n[]{},:\"");
    const std::string_view token = json.substr(0, size);
    if (!token.empty() && token != "true" && token != "false" && token != "null" && !is_json_number(token)) {
      return token;
    }
    json.remove_prefix(token.size());
    while (!json.empty() && kBetween.find(json.front()) != std::string_view::npos) json.remove_prefix(1);
  }
  return {};
}
