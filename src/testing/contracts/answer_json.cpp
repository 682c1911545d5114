// Reads and writes answers as JSON trees.
#include "testing/contracts/answer_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace stocktracker::inline v0::testing {
namespace {

constexpr int kDeepest = 64;

class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : rest_(text) {}

  std::optional<JsonNode> document() {
    auto node = value(0);
    blanks();
    return node && rest_.empty() ? std::move(node) : std::nullopt;
  }

 private:
  void blanks() noexcept {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos)
      rest_.remove_prefix(1);
  }
  bool skip(char c) noexcept {
    blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // With its quotes.
  std::optional<std::string> quoted() {
    blanks();
    if (rest_.empty() || rest_.front() != '"') return std::nullopt;
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      if (rest_[at] == '\\') {
        ++at;
      } else if (rest_[at] == '"') {
        std::string text(rest_.substr(0, at + 1));
        rest_.remove_prefix(at + 1);
        return text;
      }
    }
    return std::nullopt;
  }
  std::optional<JsonNode> value(int depth) {
    blanks();
    if (rest_.empty() || depth > kDeepest) return std::nullopt;
    if (skip('{')) return object(depth);
    if (skip('[')) return array(depth);
    JsonNode node;
    if (rest_.front() == '"') {
      auto text = quoted();
      if (!text) return std::nullopt;
      node.text = std::move(*text);
      return node;
    }
    const std::size_t end = std::min(rest_.find_first_of(",]} \t\r\n"), rest_.size());
    if (end == 0) return std::nullopt;
    node.text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return node;
  }
  std::optional<JsonNode> object(int depth) {
    JsonNode node;
    node.kind = JsonNode::Kind::object;
    if (skip('}')) return node;
    do {
      auto name = quoted();
      if (!name || !skip(':')) return std::nullopt;
      auto member = value(depth + 1);
      if (!member) return std::nullopt;
      node.members.push_back({std::string(name->substr(1, name->size() - 2)), std::move(*member)});
    } while (skip(','));
    return skip('}') ? std::optional(std::move(node)) : std::nullopt;
  }
  std::optional<JsonNode> array(int depth) {
    JsonNode node;
    node.kind = JsonNode::Kind::array;
    if (skip(']')) return node;
    do {
      auto item = value(depth + 1);
      if (!item) return std::nullopt;
      node.items.push_back(std::move(*item));
    } while (skip(','));
    return skip(']') ? std::optional(std::move(node)) : std::nullopt;
  }

  std::string_view rest_;
};

void write(const JsonNode& node, std::string& out) {
  bool first = true;
  switch (node.kind) {
    case JsonNode::Kind::scalar:
      out += node.text;
      return;
    case JsonNode::Kind::array:
      out += '[';
      for (const JsonNode& item : node.items) {
        if (!std::exchange(first, false)) out += ',';
        write(item, out);
      }
      out += ']';
      return;
    case JsonNode::Kind::object:
      out += '{';
      for (const auto& [name, member] : node.members) {
        if (!std::exchange(first, false)) out += ',';
        out.append(1, '"').append(name).append("\":");
        write(member, out);
      }
      out += '}';
      return;
  }
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 11> kCursors{"cursor",    "next_cursor",   "nextCursor",      "last_id",
                                                    "lastId",    "nextPageToken", "next_page_token", "page_token",
                                                    "pageToken", "next",          "next_token"};
constexpr std::array<std::string_view, 4> kMore{"has_next", "hasNext", "has_more", "hasMore"};

void add(JsonNode& scalar, int turn) {
  std::string& text = scalar.text;
  if (text.starts_with('"')) {
    text.insert(text.size() - 1, "x" + std::to_string(turn));
    return;
  }
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) {
    text = std::to_string(number + turn);
  } else if (text == "null") {
    text = "\"x" + std::to_string(turn) + "\"";
  }
}

// A cursor of several members continues by its numbers; its size is the number of rows.
void add_to_members(JsonNode& cursor, int turn) {
  for (auto& [name, member] : cursor.members) {
    const bool number = member.kind == JsonNode::Kind::scalar && !member.text.starts_with('"') && member.text != "null";
    if (number && name != "total" && name != "limit") add(member, turn);
  }
}

}  // namespace

std::optional<JsonNode> read_json(std::string_view text) { return Reader(text).document(); }

std::string written(const JsonNode& node) {
  std::string out;
  write(node, out);
  return out;
}

void continue_list(JsonNode& node, int turn) {
  for (JsonNode& item : node.items) continue_list(item, turn);
  for (auto& [name, member] : node.members) {
    if (is_one_of(name, kCursors) && member.kind != JsonNode::Kind::array) {
      member.kind == JsonNode::Kind::scalar ? add(member, turn) : add_to_members(member, turn);
    } else if (is_one_of(name, kMore) && member.kind == JsonNode::Kind::scalar) {
      member.text = "true";
    } else {
      continue_list(member, turn);
    }
    const auto token = [](const auto& one) { return one.first == "nextPageToken"; };
    if (name == "paging" && std::none_of(member.members.begin(), member.members.end(), token)) {
      JsonNode next;
      next.text = "\"x" + std::to_string(turn) + "\"";
      if (member.kind == JsonNode::Kind::object) member.members.push_back({"nextPageToken", std::move(next)});
    }
  }
}

void drop_lists(JsonNode& node) {
  if (node.kind == JsonNode::Kind::array) {
    node = {};
    return;
  }
  for (auto& [name, member] : node.members) drop_lists(member);
}

namespace {

bool is_list_of_objects(const JsonNode& node) {
  return node.kind == JsonNode::Kind::array && !node.items.empty() && node.items.front().kind == JsonNode::Kind::object;
}

JsonMember* longest_named_list(JsonNode& node) {
  JsonMember* longest = nullptr;
  for (JsonMember& member : node.members) {
    JsonMember* const found = is_list_of_objects(member.second) ? &member : longest_named_list(member.second);
    if (found == nullptr) continue;
    if (longest == nullptr || found->second.items.size() > longest->second.items.size()) longest = found;
  }
  return longest;
}

}  // namespace

bool rename_list(JsonNode& node) {
  JsonMember* const list = longest_named_list(node);
  if (list != nullptr) list->first = "under_another_name";
  return list != nullptr;
}

namespace {

template <class Applies>
void replace(JsonNode& node, std::string_view by, const Applies& applies) {
  if (node.kind == JsonNode::Kind::scalar && applies(node.text)) node.text = by;
  for (JsonNode& item : node.items) replace(item, by, applies);
  for (auto& [name, member] : node.members) replace(member, by, applies);
}

}  // namespace

void replace_texts(JsonNode& node, std::string_view by) {
  replace(node, by, [](const std::string& text) { return text.starts_with('"'); });
}

void replace_scalars(JsonNode& node, std::string_view by) {
  replace(node, by, [](const std::string&) { return true; });
}

JsonNode* longest_list(JsonNode& node) {
  JsonNode* longest = nullptr;
  const auto consider = [&](JsonNode* other) {
    if (other != nullptr && (longest == nullptr || other->items.size() > longest->items.size())) longest = other;
  };
  if (is_list_of_objects(node)) consider(&node);
  for (JsonNode& item : node.items) consider(longest_list(item));
  for (auto& [name, member] : node.members) consider(longest_list(member));
  return longest;
}

namespace {

bool is_number(const JsonNode& node) {
  return node.kind == JsonNode::Kind::scalar && !node.text.empty() &&
         std::string_view("-0123456789").find(node.text.front()) != std::string_view::npos;
}

}  // namespace

void numbers_to_texts(JsonNode& node) {
  if (is_number(node)) node.text = "\"" + node.text + "\"";
  for (JsonNode& item : node.items) numbers_to_texts(item);
  for (JsonMember& member : node.members) numbers_to_texts(member.second);
}

namespace {

// Members of rows are identified by their path: a price within a payment differs from a price within points.
void names_in(const JsonNode& node, bool of_a_row, const std::string& at, std::set<std::string>& names) {
  for (const JsonNode& item : node.items) names_in(item, true, at, names);
  for (const JsonMember& member : node.members) {
    const std::string path = at + "." + member.first;
    if (of_a_row && member.second.kind == JsonNode::Kind::scalar) names.insert(path);
    names_in(member.second, of_a_row, path, names);
  }
}
void change_member(JsonNode& node, bool of_a_row, const std::string& at, const std::string& name, MemberChange change) {
  for (JsonNode& item : node.items) change_member(item, true, at, name, change);
  for (JsonMember& member : node.members) {
    const std::string path = at + "." + member.first;
    if (of_a_row && path == name && member.second.kind == JsonNode::Kind::scalar) {
      if (change == MemberChange::null) member.second = {};
      const bool widened = change == MemberChange::wide || change == MemberChange::unheard;
      if (widened && is_number(member.second)) member.second.text = std::to_string(kWideNumber);
      if (change == MemberChange::unheard && member.second.text.starts_with('"'))
        member.second.text = R"("nobody_has_heard_of_this")";
    }
    change_member(member.second, of_a_row, path, name, change);
  }
  if (!of_a_row || change != MemberChange::missing) return;
  std::erase_if(node.members, [&](const JsonMember& member) {
    return at + "." + member.first == name && member.second.kind == JsonNode::Kind::scalar;
  });
}

}  // namespace

void add_row_members(const JsonNode& node, std::set<std::string>& names) { names_in(node, false, {}, names); }
void change_row_member(JsonNode& node, const std::string& name, MemberChange change) {
  change_member(node, false, {}, name, change);
}

}  // namespace stocktracker::inline v0::testing
