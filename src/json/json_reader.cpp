// Values of a JSON document, by name and type, with the paths of members in errors.
#include <stocktracker/core/json_reader.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

#include <stocktracker/core/visible_text.hpp>

#include "core/utf8.hpp"
#include "json/json_tree.hpp"

namespace stocktracker::inline v0 {
namespace {

/// A path in an error is shortened: names are the sender's, and their number is as well.
constexpr std::size_t kLongestName = 40;
constexpr std::size_t kLongestPath = 400;
constexpr std::string_view kMore = "...";

bool is_plain(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::string_view shortened(std::string_view name) noexcept {
  if (name.size() <= kLongestName) return name;
  std::size_t end = 0;
  for (std::size_t next = 0; next <= kLongestName; next += std::max<std::size_t>(1, utf8_length(name.substr(next)))) {
    end = next;
  }
  return name.substr(0, end);
}

bool is_full(std::string& path) {
  if (path.size() < kLongestPath) return false;
  if (!path.ends_with(kMore)) path += kMore;
  return true;
}

template <class T>
bool read_number(std::string_view text, T& value) noexcept {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

/// The value behind an element of an array or, with `skip` 1, behind a member.
std::uint32_t behind(const JsonTree& tree, std::uint32_t node, std::uint32_t skip) noexcept {
  return tree.nodes[node + skip].next(node + skip);
}

}  // namespace

void append_json_name(std::string& path, std::string_view name) {
  if (is_full(path)) return;
  if (!path.empty()) path += '.';
  const std::string_view begin = shortened(name);
  const bool complete = begin.size() == name.size();
  if (is_plain(begin)) {
    path.append(begin).append(complete ? "" : kMore);
  } else {
    path.append(1, '"').append(visible(begin)).append(complete ? "" : kMore).append(1, '"');
  }
}

void append_json_index(std::string& path, std::size_t index) {
  if (is_full(path)) return;
  path.append(1, '[').append(std::to_string(index)).append(1, ']');
}

std::string json_path(const JsonTree& tree, std::uint32_t node) {
  std::vector<std::uint32_t> around;
  for (; node != 0; node = tree.nodes[node].holder()) around.push_back(node);
  std::string path;
  for (auto at = around.rbegin(); at != around.rend(); ++at) {
    const JsonNode& value = tree.nodes[*at];
    if (tree.nodes[value.holder()].type() == JsonType::object) {
      append_json_name(path, tree.text_of(*at - 1));
    } else {
      append_json_index(path, value.index());
    }
  }
  return path;
}

Error json_error(Errc code, std::string path, std::string_view what) {
  Error error(code, path + " " + std::string(what));
  return std::move(error).about(path);
}

Error json_text_error(Errc code, std::string_view what) { return {code, std::string("the text ").append(what)}; }

const char* to_string(JsonType type) noexcept {
  switch (type) {
    case JsonType::null:
      return "null";
    case JsonType::boolean:
      return "boolean";
    case JsonType::number:
      return "number";
    case JsonType::string:
      return "string";
    case JsonType::array:
      return "array";
    case JsonType::object:
      return "object";
  }
  return "null";
}

JsonDocument::JsonDocument(std::unique_ptr<const JsonTree> tree) noexcept : tree_(std::move(tree)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string text, const JsonOptions& options) {
  if (const std::size_t most = std::min(options.max_bytes, kLongestJson); text.size() > most) {
    return json_text_error(options.code, "has more than " + std::to_string(most) + " bytes");
  }
  auto tree = std::make_unique<JsonTree>();
  tree->text = std::move(text);
  tree->code = options.code;
  STK_TRY(parse_json(*tree, options.max_depth));
  return JsonDocument(std::move(tree));
}

JsonType JsonValue::type() const noexcept { return tree_->nodes[node_].type(); }

Result<std::string_view> JsonValue::string() const {
  if (type() != JsonType::string) return error("is not a string");
  return tree_->text_of(node_);
}

Result<std::int64_t> JsonValue::integer() const {
  if (type() != JsonType::number) return error("is not a number");
  const std::string_view text = tree_->text_of(node_);
  std::int64_t value = 0;
  if (read_number(text, value)) return value;
  const bool digits = text.find_first_of(".eE") == std::string_view::npos;
  return error(digits ? "does not fit into 64 bits" : "is not an integer");
}

Result<std::string_view> JsonValue::decimal() const {
  if (type() != JsonType::number) return error("is not a number");
  return tree_->text_of(node_);
}

Result<double> JsonValue::number() const {
  STK_TRY(const std::string_view text, decimal());
  double value = 0;
  if (!read_number(text, value)) return error("is out of range");
  return value;
}

Result<bool> JsonValue::boolean() const {
  if (type() != JsonType::boolean) return error("is not a boolean");
  return tree_->text[tree_->nodes[node_].at()] == 't';
}

Result<JsonArray> JsonValue::array() const {
  if (type() != JsonType::array) return error("is not an array");
  return JsonArray(tree_, node_);
}

Result<JsonObject> JsonValue::object() const {
  if (type() != JsonType::object) return error("is not an object");
  return JsonObject(tree_, node_);
}

Result<std::optional<JsonValue>> JsonValue::find(std::string_view name) const {
  STK_TRY(const JsonObject members, object());
  for (const JsonMember member : members) {
    if (member.name != name) continue;
    return member.value.is_null() ? std::nullopt : std::optional(member.value);
  }
  return std::optional<JsonValue>();
}

Result<JsonValue> JsonValue::member(std::string_view name) const {
  STK_TRY(const JsonObject members, object());
  for (const JsonMember member : members) {
    if (member.name == name) return member.value;
  }
  std::string missing = json_path(*tree_, node_);
  append_json_name(missing, name);
  return json_error(tree_->code, std::move(missing), "is missing");
}

Result<void> JsonValue::allow_only(std::initializer_list<std::string_view> names) const {
  STK_TRY(const JsonObject members, object());
  for (const JsonMember member : members) {
    if (std::find(names.begin(), names.end(), member.name) == names.end()) return member.value.error("is not known");
  }
  return success();
}

Result<std::string_view> JsonValue::string(std::string_view name) const {
  STK_TRY(const JsonValue value, member(name));
  return value.string();
}
Result<std::int64_t> JsonValue::integer(std::string_view name) const {
  STK_TRY(const JsonValue value, member(name));
  return value.integer();
}
Result<std::string_view> JsonValue::decimal(std::string_view name) const {
  STK_TRY(const JsonValue value, member(name));
  return value.decimal();
}
Result<bool> JsonValue::boolean(std::string_view name) const {
  STK_TRY(const JsonValue value, member(name));
  return value.boolean();
}
Result<JsonArray> JsonValue::array(std::string_view name) const {
  STK_TRY(const JsonValue value, member(name));
  return value.array();
}

std::string JsonValue::path() const { return node_ == 0 ? "the document" : json_path(*tree_, node_); }

Error JsonValue::error(std::string_view what) const {
  if (node_ == 0) return {tree_->code, path().append(" ").append(what)};
  return json_error(tree_->code, path(), what);
}

JsonArray::Iterator& JsonArray::Iterator::operator++() noexcept {
  node_ = behind(*tree_, node_, 0);
  return *this;
}
JsonArray::Iterator JsonArray::end() const noexcept { return {tree_, tree_->nodes[node_].next(node_)}; }
std::size_t JsonArray::size() const noexcept { return tree_->nodes[node_].size(); }

JsonMember JsonObject::Iterator::operator*() const noexcept {
  return {tree_->text_of(node_), JsonValue(tree_, node_ + 1)};
}
JsonObject::Iterator& JsonObject::Iterator::operator++() noexcept {
  node_ = behind(*tree_, node_, 1);
  return *this;
}
JsonObject::Iterator JsonObject::end() const noexcept { return {tree_, tree_->nodes[node_].next(node_)}; }
std::size_t JsonObject::size() const noexcept { return tree_->nodes[node_].size(); }

}  // namespace stocktracker::inline v0
