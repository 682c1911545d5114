// JSON answers as trees that the contract suite can change. Numbers and texts stay as written.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0::testing {

struct JsonMember;

struct JsonNode {
  enum class Kind : unsigned char { scalar, array, object };
  Kind kind = Kind::scalar;
  std::string text = "null";  // a scalar, as written: with its quotes
  std::vector<JsonMember> members;
  std::vector<JsonNode> items;
};

struct JsonMember {
  std::string first;  // the name without quotes, as written
  JsonNode second;
};

// Nullopt where the text is not one JSON value.
[[nodiscard]] std::optional<JsonNode> read_json(std::string_view text);
[[nodiscard]] std::string written(const JsonNode& node);

// Makes the answer one that continues: cursors and page tokens, recognised by their usual names, get new values at each
// `turn`, and "has next" is true.
void continue_list(JsonNode& node, int turn);
// Every list becomes null.
void drop_lists(JsonNode& node);
// The longest list of objects that is no part of another list gets another name; false if there is none.
bool rename_list(JsonNode& node);
// Replaces texts, or everything except lists and objects, by `by`.
void replace_texts(JsonNode& node, std::string_view by);
void replace_scalars(JsonNode& node, std::string_view by);
// The longest list of objects; null if there is none.
[[nodiscard]] JsonNode* longest_list(JsonNode& node);

// Turns every number into a text.
void numbers_to_texts(JsonNode& node);
// Members of the rows of all lists, without lists and objects, by path: ".price.value".
void add_row_members(const JsonNode& node, std::set<std::string>& names);

// More than 32 bits have.
inline constexpr std::int64_t kWideNumber = 5'000'000'000;
enum class MemberChange : unsigned char {
  null,     // it is null
  missing,  // it is not there
  wide,     // if it is a number: kWideNumber
  unheard,  // if it is a text: one that no connector knows; if it is a number: kWideNumber
};
// Changes that member in every row.
void change_row_member(JsonNode& node, const std::string& name, MemberChange change);

}  // namespace stocktracker::inline v0::testing
